import { readFileSync } from 'node:fs';
import { type Redis } from 'ioredis';
import { formatPosition, parsePosition, type Position } from '@galley/contracts';
import { connectCommands, connected } from '@galley/redis';
import { encodeBeat, type FeedBeat } from '../beat.js';
import { newer, randomHalf } from '../chain.js';
import { encodeChange, type Change } from '../change.js';
import {
  ChangeFeed,
  type Appended,
  type AppendOutcome,
  type FeedSubscriber,
  type FeedSubscription,
} from '../change-feed.js';
import { type Stretch } from '../feed-page.js';
import { feedKeys, type FeedKeys } from './feed-keys.js';
import { RedisFeedReader, type RedisFeedOptions } from './redis-feed-reader.js';

export interface RedisChangeFeedOptions extends RedisFeedOptions {
  /** How many changes are kept for readers. Redis may keep some more. */
  history: number;
}

/** How long the last revision of an order is remembered. An outage of the sweeper must not last longer. */
const REMEMBER_REVISIONS_SECONDS = 24 * 60 * 60;

/**
 * The most changes in one script call: those of the largest batch. A call blocks all others, with so many changes for some 5 ms, so a
 * long backlog takes several. Readers get the changes of one call in one message.
 */
const MAX_APPEND = 500;

/** Works from the source and from the build, because their folders are next to each other. */
const lua = (name: string) => readFileSync(new URL(`../../lua/${name}.lua`, import.meta.url), 'utf8');

type Script = (keyCount: number, ...keysAndArguments: (string | number)[]) => Promise<unknown>;

/** A feed in Redis, with its scripts for writers. */
export class RedisChangeFeed extends ChangeFeed {
  private readonly commands: Redis & { feedAppend: Script; feedReset: Script };
  private readonly reader: RedisFeedReader;
  private readonly keys: FeedKeys;
  /** The head after the last append of this process: it was in the log, too. */
  private known?: Position;

  constructor(private readonly options: RedisChangeFeedOptions) {
    super();
    this.keys = feedKeys(options.name);
    const commands = connectCommands(options.url, 'feed', { key: this.keys.head });
    commands.defineCommand('feedAppend', { lua: lua('append') });
    commands.defineCommand('feedReset', { lua: lua('reset') });
    this.commands = commands as typeof this.commands;
    this.reader = new RedisFeedReader(options, commands);
  }

  /**
   * Waits for the first connection.
   * @throws Error with a sentence that says what to do, after 3 s without one
   */
  connected(): Promise<void> {
    return connected(this.commands);
  }

  override async append(changes: readonly Change[], witnessed?: Position): Promise<Appended> {
    const known = newer(this.known, witnessed);
    const parts: Promise<Appended>[] = [];
    let i = 0;
    do {
      // All parts are sent at once, so that no other append of this process comes in between.
      parts.push(this.appendAtOnce(changes.slice(i, i + MAX_APPEND), known));
      i += MAX_APPEND;
    } while (i < changes.length);
    const appended = await Promise.all(parts);
    const [{ head }] = appended.slice(-1) as [Appended];
    this.known = newer(this.known, head) ?? head;
    return { head, outcomes: appended.flatMap(({ outcomes }) => outcomes) };
  }

  private async appendAtOnce(changes: readonly Change[], witnessed: Position | undefined): Promise<Appended> {
    const keys = [this.keys.head, this.keys.log, ...changes.map(({ orderId }) => this.keys.revision(orderId))];
    const [head, ...results] = (await this.commands.feedAppend(
      keys.length,
      ...keys,
      this.keys.channel,
      this.options.history,
      REMEMBER_REVISIONS_SECONDS,
      randomHalf(),
      witnessed ? formatPosition(witnessed) : '',
      ...changes.flatMap((change) => [change.revision, encodeChange(change)]),
    )) as [head: string, ...results: number[]];
    const position = parsePosition(head);
    if (!position) throw new Error(`The feed answered with a head that is no position: ${head}`);
    return { head: position, outcomes: results.map(toOutcome) };
  }

  override head(): Promise<Position | undefined> {
    return this.reader.head();
  }

  override readFrom(seq: number, count: number): Promise<Stretch> {
    return this.reader.readFrom(seq, count);
  }

  override subscribe(subscriber: FeedSubscriber): FeedSubscription {
    return this.reader.subscribe(subscriber);
  }

  override async beat(beat: FeedBeat): Promise<void> {
    await this.commands.publish(this.keys.channel, encodeBeat(beat));
  }

  override async reset(epoch = ''): Promise<void> {
    await this.connected();
    await this.commands.feedReset(2, this.keys.head, this.keys.log, epoch, randomHalf());
  }

  override close(): Promise<void> {
    return this.reader.close();
  }
}

function toOutcome(result: number): AppendOutcome {
  if (result > 0) return { outcome: 'appended' };
  return result === 0 ? { outcome: 'duplicate' } : { outcome: 'gap', expected: -result };
}
