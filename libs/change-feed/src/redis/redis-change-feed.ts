import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { type Redis } from 'ioredis';
import { Logger } from '@nestjs/common';
import { distance, isSameEpoch, parsePosition, type Position } from '@galley/contracts';
import { connectCommands, connected, connectSubscriber, disconnect } from '@galley/redis';
import { decodeChanges, encodeChange, type Change, type PublishedChange } from '../change.js';
import {
  ChangeFeed,
  type AppendOutcome,
  type FeedPage,
  type FeedSubscriber,
  type FeedSubscription,
} from '../change-feed.js';
import { FeedTail } from '../feed-tail.js';
import { newEpoch } from '../epoch.js';

export interface RedisChangeFeedOptions {
  url: string;
  /** The hash tag of all keys, so that they are on one node of a Redis Cluster. */
  name: string;
  /** How many changes are kept for readers. Redis may keep some more. */
  history: number;
}

/** How long the last revision of an order is remembered. An outage of the sweeper must not last longer. */
const REMEMBER_REVISIONS_SECONDS = 24 * 60 * 60;

/** The most changes in one script call. A call blocks all others, so a long backlog takes several. */
const MAX_APPEND = 500;

/** How often a subscription compares itself with the log. */
const CHECK_EVERY_MS = 1_000;

/** How long a message may take to arrive after Redis has sent it. */
const ON_ITS_WAY_MS = 200;

/** Works from the source and from the build, because their folders are next to each other. */
const lua = (name: string) => readFileSync(new URL(`../../lua/${name}.lua`, import.meta.url), 'utf8');

type Script = (keyCount: number, ...keysAndArguments: (string | number)[]) => Promise<unknown>;

/** A feed in Redis: a capped stream keeps the changes, and pub/sub delivers them fast. */
export class RedisChangeFeed extends ChangeFeed {
  private readonly logger = new Logger(RedisChangeFeed.name);
  private readonly commands: Redis & { feedAppend: Script; feedRead: Script; feedReset: Script; feedVouch: Script };
  private readonly subscriptions = new Set<FeedSubscription>();
  private readonly keys: [epoch: string, seq: string, log: string, run: string];
  private readonly channel: string;
  /**
   * This process knows the log up to here. After a restart of Redis it can tell whether the log still reaches as far.
   */
  private known?: Position;
  private malformed = 0;

  constructor(private readonly options: RedisChangeFeedOptions) {
    super();
    const tag = `{${options.name}}`;
    this.keys = [`${tag}:epoch`, `${tag}:seq`, `${tag}:log`, `${tag}:run`];
    this.channel = `${tag}:feed`;
    const commands = connectCommands(options.url, 'feed');
    commands.defineCommand('feedAppend', { lua: lua('append') });
    commands.defineCommand('feedRead', { lua: lua('read') });
    commands.defineCommand('feedReset', { lua: lua('reset') });
    commands.defineCommand('feedVouch', { lua: lua('vouch') });
    this.commands = commands as typeof this.commands;
    // Vouch before anything is appended: a process that has just started cannot tell whether Redis has lost changes.
    commands.on('ready', () => void this.vouch().catch(() => undefined));
  }

  override async append(changes: readonly Change[]): Promise<AppendOutcome[]> {
    const outcomes: AppendOutcome[] = [];
    for (let i = 0; i < changes.length; i += MAX_APPEND) {
      outcomes.push(...(await this.appendAtOnce(changes.slice(i, i + MAX_APPEND))));
    }
    return outcomes;
  }

  private async appendAtOnce(changes: readonly Change[]): Promise<AppendOutcome[]> {
    const keys = [...this.keys, ...changes.map((change) => `{${this.options.name}}:rev:${change.orderId}`)];
    const [epoch, head, ...results] = (await this.commands.feedAppend(
      keys.length,
      ...keys,
      this.channel,
      this.options.history,
      REMEMBER_REVISIONS_SECONDS,
      newEpoch(),
      ...this.knowledge(),
      ...changes.flatMap((change) => [change.revision, encodeChange(change)]),
    )) as [epoch: string, head: number, ...results: number[]];
    this.known = { epoch, seq: head };
    return results.map((result) => {
      if (result > 0) return { outcome: 'appended', position: { epoch, seq: result } };
      return result === 0 ? { outcome: 'duplicate' } : { outcome: 'gap', expected: -result, epoch };
    });
  }

  private async vouch(): Promise<void> {
    const reply = await this.commands.feedVouch(this.keys.length, ...this.keys, ...this.knowledge());
    const head = reply as [] | [epoch: string, seq: number];
    if (head.length === 0) return;
    const [epoch, seq] = head;
    this.known = { epoch, seq };
  }

  private knowledge(): [epoch: string, seq: number] {
    const [subscription] = this.subscriptions;
    const position = subscription?.position ?? this.known;
    return position ? [position.epoch, position.seq] : ['', 0];
  }

  override async read(after: number, limit: number): Promise<FeedPage> {
    const reply = (await this.commands.feedRead(this.keys.length, ...this.keys, after, limit)) as
      [] | [epoch: string, seq: string, entries: [id: string, fields: [name: string, message: string]][]];
    if (reply.length === 0) return { changes: [] };
    const [epoch, seq, entries] = reply;
    // Anything else in the log leaves a hole in the sequence, which readers treat as a gap.
    const changes = entries.flatMap(
      ([id, [, message]]) => decodeChanges(message, { epoch, seq: Number(id.slice(0, id.indexOf('-'))) }) ?? [],
    );
    return { head: { epoch, seq: Number(seq) }, changes };
  }

  override subscribe(subscriber: FeedSubscriber): FeedSubscription {
    const tail = new FeedTail(this, subscriber);
    // Subscribe by hand after every connect, because the log must be read after that: first listen, then read back.
    const redis = connectSubscriber(this.options.url, 'feed subscriber', { autoResubscribe: false });
    let listening = false;
    redis.on('message', (_channel: string, text: string) => {
      for (const change of this.decodeMessage(text)) tail.receive(change);
    });
    redis.on('ready', () => {
      redis.subscribe(this.channel).then(
        () => {
          listening = true;
          void tail.catchUp();
        },
        () => {
          redis.disconnect(true);
        },
      );
    });
    redis.on('close', () => {
      listening = false;
    });
    // If the very last message is lost, no later message reveals that.
    const check = setInterval(() => {
      if (listening && tail.current) void this.lookForMissed(tail);
    }, CHECK_EVERY_MS).unref();
    const subscription: FeedSubscription = {
      get attached() {
        return listening && tail.current;
      },
      get position() {
        return tail.position;
      },
      close: () => {
        clearInterval(check);
        tail.stop();
        this.subscriptions.delete(subscription);
        return disconnect(redis);
      },
    };
    this.subscriptions.add(subscription);
    return subscription;
  }

  private async lookForMissed(tail: FeedTail): Promise<void> {
    const before = tail.position;
    const page = await this.read(0, 0).catch(() => undefined);
    if (!page) return;
    const { head } = page;
    const isBehind = () => (distance(tail.position, head) ?? 0) > 0;
    // The message is most likely on its way. Reading the log at each check would slow down a busy feed.
    if (isBehind()) await delay(ON_ITS_WAY_MS, undefined, { ref: false });
    const isRewound = (distance(before, head) ?? 0) < 0;
    if (!isSameEpoch(head, tail.position) || isBehind() || isRewound) await tail.catchUp();
  }

  override async reset(epoch = ''): Promise<void> {
    await connected(this.commands);
    await this.commands.feedReset(this.keys.length, ...this.keys, epoch);
  }

  override async close(): Promise<void> {
    for (const subscription of [...this.subscriptions]) await subscription.close();
    await disconnect(this.commands);
  }

  /** Decodes what one append has published: the position of its first change, then its changes. */
  private decodeMessage(text: string): PublishedChange[] {
    const end = text.indexOf(' ');
    const first = parsePosition(text.slice(0, end));
    const changes = first && decodeChanges(text.slice(end + 1), first);
    if (!changes && ++this.malformed === 1) {
      this.logger.warn(`Ignored a malformed message on ${this.channel}; is something else writing there?`);
    }
    return changes ?? [];
  }
}
