import { Emitter } from '@socket.io/redis-emitter';
import { type Redis } from 'ioredis';
import { connectCommands, connected, disconnect } from '@galley/redis';
import { RedisChangeFeed, type Change } from '@galley/change-feed';
import { formatPosition } from '@galley/contracts';
import { sleep, stamp } from './clock.js';

/** A change of one order to send to the gateway, in the way of the system under test. */
export interface BenchChange {
  orderId: string;
  /** With 1 the order is created. */
  revision: number;
  /** When it was due, in microseconds of `now`. */
  dueAt: number;
}

export interface Publisher {
  /** Sends changes together. Resolves once Redis has them. */
  publish(changes: readonly BenchChange[]): Promise<unknown>;
  close(): Promise<void>;
}

/** As long as the epochs and digests of the feed. */
const HEX = '0'.repeat(16);

const TIMESTAMP = '2026-11-24T10:00:00.000Z';

/** The two parts of a change as both systems send them; the moment when it was due is its message. */
export function payloadsOf({ orderId, revision, dueAt }: BenchChange) {
  const event = { orderId, status: 'Packaging', timestamp: TIMESTAMP, message: stamp(dueAt), revision };
  const order = {
    orderId,
    customerId: 'ana',
    title: 'Annual report 2026',
    quantity: 500,
    status: 'Packaging',
    dateIssued: TIMESTAMP,
    revision,
    updatedAt: TIMESTAMP,
  };
  return { event, order };
}

/** Through the change feed, as the orders API does. */
export class FeedPublisher implements Publisher {
  private constructor(private readonly feed: RedisChangeFeed) {}

  static async connect(redisUrl: string, name: string): Promise<FeedPublisher> {
    const feed = new RedisChangeFeed({ url: redisUrl, name, history: 100_000 });
    while (!(await feed.append([]).catch(() => undefined))) await sleep(20);
    return new FeedPublisher(feed);
  }

  publish(changes: readonly BenchChange[]): Promise<unknown> {
    return this.publishForAll(changes);
  }

  /** The gateway sends each change to all who follow its order, and to all who follow all. */
  publishForAll(changes: readonly BenchChange[]): Promise<unknown> {
    return this.feed.append(changes.map(toChange));
  }

  /** Where the feed stands now. */
  async position(): Promise<string | undefined> {
    const head = await this.feed.head();
    return head && formatPosition(head);
  }

  close(): Promise<void> {
    return this.feed.close();
  }
}

function toChange(change: BenchChange): Change {
  const { orderId, revision } = change;
  const { event, order } = payloadsOf(change);
  return {
    ...{ type: revision === 1 ? 'created' : 'updated', orderId, customerId: 'ana', revision, timestamp: TIMESTAMP },
    ...{ event: JSON.stringify(event), order: JSON.stringify(order) },
  };
}

/** Through the Redis emitter, as Socket.IO's documentation shows it. */
export class EmitterPublisher implements Publisher {
  private seq = 0;

  private constructor(
    private readonly redis: Redis,
    private readonly emitter: Emitter,
  ) {}

  static async connect(redisUrl: string): Promise<EmitterPublisher> {
    const redis = connectCommands(redisUrl, 'emitter');
    await connected(redis);
    return new EmitterPublisher(redis, new Emitter(redis));
  }

  publish(changes: readonly BenchChange[]): Promise<unknown> {
    for (const change of changes) {
      const { event, order } = payloadsOf(change);
      const position = formatPosition({ epoch: HEX, seq: ++this.seq, digest: HEX });
      // To those who can hear of it in the scenario, and to nobody else.
      if (change.revision === 1) this.emitter.to('orders').emit('orderCreated', { position, order, ...event });
      else this.emitter.to(`order:${change.orderId}`).emit(`${change.orderId}/update`, { position, ...event });
    }
    return this.redis.ping();
  }

  close(): Promise<void> {
    return disconnect(this.redis);
  }
}

/** How many changes go to all, and the orders of those that go to their followers. */
export interface FloorMessage {
  dueAt: number;
  created: number;
  updated: string[];
}

/** A word to the floor, which has the bytes already. */
export class FloorPublisher implements Publisher {
  private constructor(private readonly redis: Redis) {}

  static async connect(redisUrl: string): Promise<FloorPublisher> {
    const redis = connectCommands(redisUrl, 'floor');
    await connected(redis);
    return new FloorPublisher(redis);
  }

  publish(changes: readonly BenchChange[]): Promise<unknown> {
    const updated = changes.filter(({ revision }) => revision > 1).map(({ orderId }) => orderId);
    const message: FloorMessage = { dueAt: changes[0]?.dueAt ?? 0, created: changes.length - updated.length, updated };
    return this.redis.publish('floor', JSON.stringify(message));
  }

  close(): Promise<void> {
    return disconnect(this.redis);
  }
}
