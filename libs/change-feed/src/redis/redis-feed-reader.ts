import { setTimeout as delay } from 'node:timers/promises';
import { type Redis } from 'ioredis';
import { Logger } from '@nestjs/common';
import { distance, isSameEpoch, isSamePosition, parsePosition, type Position } from '@galley/contracts';
import { connectCommands, connectSubscriber, disconnect } from '@galley/redis';
import { decodeBeat } from '../beat.js';
import { decodeEntry, ENTRY_SEPARATOR, type PublishedChange } from '../change.js';
import { FeedReader, type FeedSubscriber, type FeedSubscription } from '../change-feed.js';
import { type Stretch } from '../feed-page.js';
import { FeedTail, type FeedMessage } from '../feed-tail.js';
import { feedKeys, type FeedKeys } from './feed-keys.js';

export interface RedisFeedOptions {
  url: string;
  /** The hash tag of all keys, so that they are on one node of a Redis Cluster. */
  name: string;
}

/** How often a subscription compares itself with the log. */
const CHECK_EVERY_MS = 1_000;

/** How long a message may take to arrive after Redis has sent it. */
const ON_ITS_WAY_MS = 200;

/** [id, [name, value, ...]] */
type StreamEntry = [id: string, fields: string[]];

/** Reads a feed in Redis: a capped stream keeps the changes, and pub/sub delivers them fast. Writes nothing. */
export class RedisFeedReader extends FeedReader {
  private readonly logger = new Logger(RedisFeedReader.name);
  private readonly subscriptions = new Set<FeedSubscription>();
  private readonly keys: FeedKeys;
  private malformed = 0;

  constructor(
    private readonly options: RedisFeedOptions,
    private readonly commands: Redis = connectCommands(options.url, 'feed', { key: feedKeys(options.name).head }),
  ) {
    super();
    this.keys = feedKeys(options.name);
  }

  override async head(): Promise<Position | undefined> {
    return parsePosition((await this.commands.get(this.keys.head)) ?? '');
  }

  override async readFrom(seq: number, count: number): Promise<Stretch> {
    const { head: headKey, log } = this.keys;
    const replies = await this.commands.multi().get(headKey).xrange(log, `${seq}-0`, '+', 'COUNT', count).exec();
    const [text, entries] = (replies ?? []).map(([error, reply]) => {
      if (error) throw error;
      return reply;
    }) as [head: string | null, entries: StreamEntry[]];
    const head = parsePosition(text ?? '');
    return { head, entries: head ? entries.map((entry) => decodeStreamEntry(entry, head.epoch)) : [] };
  }

  override subscribe(subscriber: FeedSubscriber): FeedSubscription {
    const tail = new FeedTail(this, subscriber);
    // Subscribe by hand after every connect, because the log must be read after that: first listen, then read back.
    const redis = connectSubscriber(this.options.url, 'feed subscriber', { autoResubscribe: false });
    let listening = false;
    let logHead: Position | undefined;
    redis.on('message', (_channel: string, text: string) => {
      const beat = decodeBeat(text);
      const message = beat ? undefined : this.decodeMessage(text);
      if (beat) subscriber.onBeat?.(beat);
      if (message) tail.receive(message);
    });
    redis.on('ready', () => {
      redis.subscribe(this.keys.channel).then(
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
      if (!listening || !tail.current) return;
      void this.compareWithHead(tail).then((head) => {
        logHead = head;
      });
    }, CHECK_EVERY_MS).unref();
    const subscription: FeedSubscription = {
      get attached() {
        return listening && tail.current;
      },
      get position() {
        return tail.position;
      },
      get logHead() {
        return logHead;
      },
      get repairs() {
        return tail.repairs;
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

  override async close(): Promise<void> {
    for (const subscription of [...this.subscriptions]) await subscription.close();
    await disconnect(this.commands);
  }

  /** @returns the head of the log, as far as the broker tells it */
  private async compareWithHead(tail: FeedTail): Promise<Position | undefined> {
    const before = tail.position;
    const head = await this.head().catch(() => before);
    const ahead = distance(before, head);
    if (isSamePosition(before, head)) return head;
    const isBehind = () => !isSameEpoch(head, tail.position) || (distance(tail.position, head) ?? 0) > 0;
    // The message is most likely on its way. Reading the log at each check would slow down a busy feed.
    if (ahead !== undefined && ahead > 0 && isBehind()) await delay(ON_ITS_WAY_MS, undefined, { ref: false });
    // The head was read after `before`. So a head that is not ahead of it is of another history.
    if (isBehind() || ahead === undefined || ahead <= 0) await tail.catchUp();
    return head;
  }

  /** Decodes what one append has published: the position before its first change, then an entry for each change. */
  private decodeMessage(text: string): FeedMessage | undefined {
    const end = text.indexOf('\n');
    const before = parsePosition(text.slice(0, end));
    const changes = before && decodeEntries(text.slice(end + 1), before);
    if (before && changes) return { before, changes };
    if (++this.malformed === 1) {
      this.logger.warn(`Ignored a malformed message on ${this.keys.channel}; is something else writing there?`);
    }
    return undefined;
  }
}

function decodeStreamEntry([id, [, entry = '']]: StreamEntry, epoch: string): PublishedChange | undefined {
  const [, seq] = /^(\d+)-0$/.exec(id) ?? [];
  return seq === undefined ? undefined : decodeEntry(entry, epoch, Number(seq));
}

/** @returns undefined if any of them is not a change */
function decodeEntries(text: string, { epoch, seq }: Position): PublishedChange[] | undefined {
  const changes: PublishedChange[] = [];
  for (const entry of text.split(ENTRY_SEPARATOR)) {
    const change = decodeEntry(entry, epoch, seq + changes.length + 1);
    if (!change) return undefined;
    changes.push(change);
  }
  return changes;
}
