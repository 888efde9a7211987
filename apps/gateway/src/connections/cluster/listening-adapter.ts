import { RedisAdapter } from '@socket.io/redis-adapter';
import { type Redis } from 'ioredis';
import { type Namespace } from 'socket.io';

type BroadcastOptions = Parameters<RedisAdapter['addSockets']>[0];
type Rooms = Parameters<RedisAdapter['addSockets']>[1];

/** Takes the place of a Redis client. The adapter calls `publish` and waits for nothing. */
const NOBODY = {
  publish: () => Promise.resolve(0),
  on: () => undefined,
  off: () => undefined,
};

const locally = (options: BroadcastOptions): BroadcastOptions => ({
  ...options,
  flags: { ...options.flags, local: true },
});

/**
 * Hears what the orders API sends to all replicas, and sends nothing itself: the Redis user of a gateway may not publish there.
 * So a gateway that was taken over cannot speak to the others. What the server asks of all replicas, this one answers for
 * its own sockets. Otherwise `fetchSockets` would wait for replicas that never answer.
 */
class ListeningAdapter extends RedisAdapter {
  constructor(namespace: Namespace, subscriber: Redis, key: string) {
    super(namespace as never, NOBODY, subscriber, { key });
  }

  /** With one server, the adapter asks no other. */
  override serverCount(): Promise<number> {
    return Promise.resolve(1);
  }

  // The adapter makes these changes only when it hears its own request.
  override addSockets(options: BroadcastOptions, rooms: Rooms): void {
    super.addSockets(locally(options), rooms);
  }

  override delSockets(options: BroadcastOptions, rooms: Rooms): void {
    super.delSockets(locally(options), rooms);
  }

  override disconnectSockets(options: BroadcastOptions, close: boolean): void {
    super.disconnectSockets(locally(options), close);
  }
}

/**
 * `adapter` of Socket.IO, which calls it with `new`.
 * @param key the first part of the channels: the name of the change feed
 */
export const listeningAdapter = (subscriber: Redis, key: string) =>
  function (namespace: Namespace): RedisAdapter {
    return new ListeningAdapter(namespace, subscriber, key);
  };
