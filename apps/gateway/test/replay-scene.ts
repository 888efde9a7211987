import {
  InMemoryChangeFeed,
  startOf,
  type FeedSubscriber,
  type FeedSubscription,
  type Stretch,
} from '@galley/change-feed';
import { type Position, type StaffPart } from '@galley/contracts';
import { Replay, type Replayed } from '../src/fan-out/replay.js';
import { FeedFollower } from '../src/feed/feed-follower.js';
import { aGatewayConfig } from './a-gateway-config.js';
import { anUpdate } from './some-changes.js';
import { StandInSocket } from './stand-in-connection.js';

/** A feed whose Redis can be away, and whose subscribers can get changes late. */
class UnsteadyFeed extends InMemoryChangeFeed {
  /** How many more reads Redis will answer. */
  answersLeft = Infinity;
  reads = 0;
  isLate = false;
  private readonly late: (() => void)[] = [];

  override readFrom(seq: number, count: number): Promise<Stretch> {
    this.reads++;
    if (this.answersLeft === 0) return Promise.reject(new Error('Redis is away'));
    this.answersLeft--;
    return super.readFrom(seq, count);
  }

  override subscribe(subscriber: FeedSubscriber): FeedSubscription {
    const deliver = (delivery: () => void) => {
      if (this.isLate) this.late.push(delivery);
      else delivery();
    };
    return super.subscribe({
      onStart: (position) => subscriber.onStart?.(position),
      onChange: (change) => {
        deliver(() => {
          subscriber.onChange(change);
        });
      },
      onGap: (gap) => {
        deliver(() => {
          subscriber.onGap(gap);
        });
      },
    });
  }

  /** Tells the position of each change at once, however late the subscribers get it. */
  record(listener: (position: Position) => void): void {
    super.subscribe({
      onChange: ({ position }) => {
        listener(position);
      },
      onGap: () => undefined,
    });
  }

  deliverLate(): void {
    this.isLate = false;
    for (const deliver of this.late.splice(0)) deliver();
  }
}

interface SceneOptions {
  /** How many changes the feed has before this replica starts. */
  earlier?: number;
  /** Whether they are among its recent changes. Otherwise Redis was away when they were to be read. */
  isFilled?: boolean;
  /** How many changes the feed keeps. */
  history?: number;
  replayLimit?: number;
  /** Length of the message of each change. */
  messageLength?: number;
  /** What only staff get of each change. */
  staffPart?: StaffPart;
}

interface ComeBackOptions {
  rooms?: readonly string[];
  client?: StandInSocket;
  goLive?: () => void;
}

/** A feed, a replica that follows it, and clients that reconnect to that replica. */
export async function replayScene({
  earlier = 0,
  isFilled = false,
  history,
  replayLimit = 1_000,
  messageLength = 10,
  staffPart,
}: SceneOptions = {}) {
  const feed = new UnsteadyFeed(history);
  const config = aGatewayConfig({ replayLimit });
  const follower = new FeedFollower(feed, config);
  const replay = new Replay(follower, feed, config);
  const revisions = new Map<string, number>();

  /** Appends this many changes of an order. The position of the very first change is 1. */
  const write = async (count: number, orderId = 'a') => {
    const first = (revisions.get(orderId) ?? 0) + 1;
    revisions.set(orderId, first + count - 1);
    await feed.append(
      Array.from({ length: count }, (_, i) => anUpdate(orderId, first + i, { messageLength, staffPart })),
    );
  };
  const positions: Position[] = [];
  feed.record((position) => (positions[position.seq - 1] = position));
  /** The position of the `seq`th change of the epoch; 0 is its beginning. */
  const at = (seq: number): Position => {
    const position = seq === 0 ? startOf(positions[0]?.epoch ?? '') : positions[seq - 1];
    if (!position) throw new Error(`${seq} changes were not written`);
    return position;
  };

  /** Reconnects a client that has received everything up to a position. */
  const comeBack = (
    since: Position | undefined,
    { rooms = ['orders'], client = new StandInSocket(), goLive }: ComeBackOptions = {},
  ) => {
    const results: Replayed[] = [];
    const seqs: number[] = [];
    const texts: string[] = [];
    client.conn.tcp.on('taken', (bytes: Buffer) => {
      texts.push(bytes.toString());
      seqs.push(...seqsIn(bytes.toString()));
    });
    const done = replay.send(client.data, since, rooms, (result) => {
      results.push(result);
      goLive?.();
    });
    return { client, results, seqs, done, received: () => texts.join('') };
  };

  await write(earlier);
  if (!isFilled) feed.answersLeft = 0;
  follower.onModuleInit();
  feed.answersLeft = Infinity;
  feed.reads = 0;
  return { feed, follower, write, at, comeBack };
}

/**
 * The sequence numbers of the changes in a sent text. Each change has one update of a single order, whatever the room.
 */
export const seqsIn = (text: string): number[] =>
  [...text.matchAll(/2\["\w+\/update",\{"position":"\w+:(\d+):\w+"/g)].map(([, seq]) => Number(seq));

/** The numbers from the first to the last. */
export const fromTo = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, i) => first + i);
