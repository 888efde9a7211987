import { Redis, type RedisOptions } from 'ioredis';
import { Logger } from '@nestjs/common';

/** How long Redis may not answer a waiting command before the connection counts as dead. */
const MAX_SILENCE_MS = 3_000;

const PING_EVERY_MS = 1_000;

const shared: RedisOptions = {
  socketTimeout: MAX_SILENCE_MS,
  connectTimeout: MAX_SILENCE_MS,
  retryStrategy: (attempt) => Math.min(attempt * 100, 1_000),
  // After a failover the old primary still answers as a replica. Leave it.
  reconnectOnError: (error) => error.message.startsWith('READONLY'),
  // Redis says LOADING while it restarts with a large data set. Try again soon instead of waiting for its estimate.
  maxLoadingRetryTime: 1_000,
};

/**
 * Makes a connection for commands. A command that cannot be answered now fails within 3 s instead of waiting in a queue,
 * because the caller knows what to do then. After a failure without an answer the command may have been executed or not.
 */
export function connectCommands(url: string, name: string): Redis {
  return logOutages(
    new Redis(url, {
      ...shared,
      connectionName: name,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
    }),
    name,
  );
}

/**
 * Makes a connection for subscriptions. It sends pings, so that a frozen Redis is noticed within 5 s. Then the connection
 * is closed and made again. Subscriptions are restored; messages that were published meanwhile are lost.
 */
export function connectSubscriber(url: string, name: string, options: RedisOptions = {}): Redis {
  const redis = logOutages(
    new Redis(url, { ...shared, connectionName: name, maxRetriesPerRequest: null, ...options }),
    name,
  );
  const ping = setInterval(() => {
    if (redis.status === 'ready') redis.ping().catch(() => undefined); // if there is no answer, the socket times out
  }, PING_EVERY_MS).unref();
  redis.once('end', () => {
    clearInterval(ping);
  });
  return redis;
}

/** Logs once that Redis is away and once that it is back, however many attempts are in between. */
function logOutages(redis: Redis, name: string): Redis {
  const logger = new Logger('Redis');
  let away = false;
  redis.on('error', (error) => {
    if (!away) logger.warn(`${name}: Redis is away (${error.message || error.name}); trying again until it is back`);
    away = true;
  });
  redis.on('ready', () => {
    if (away) logger.log(`${name}: Redis is back`);
    away = false;
  });
  return redis;
}

/**
 * Waits for the first connection.
 * @throws after 3 s without one
 */
export async function connected(redis: Redis): Promise<void> {
  if (redis.status === 'ready') return;
  const ready = await new Promise<boolean>((resolve) => {
    const timer = setTimeout(resolve, MAX_SILENCE_MS, false);
    redis.once('ready', () => {
      clearTimeout(timer);
      resolve(true);
    });
  });
  if (ready) return;
  const { host, port } = redis.options;
  throw new Error(`Redis does not answer at ${host ?? 'its address'}:${port ?? ''}`);
}

/** Closes a connection permanently. Waits for the answers under way if Redis still sends them. */
export async function disconnect(redis: Redis): Promise<void> {
  if (redis.status === 'ready') await redis.quit().catch(() => undefined);
  // Not if it has ended: ioredis would wait 2 s for the close of a socket that is already closed.
  if (redis.status !== 'end') redis.disconnect();
}
