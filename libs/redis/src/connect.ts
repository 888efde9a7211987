import { Redis, type RedisOptions } from 'ioredis';
import { Logger } from '@nestjs/common';

/** How long Redis may stay silent with a command waiting before the connection counts as dead, in milliseconds. */
const SILENCE = 3_000;

const PING_EVERY = 1_000;

const shared: RedisOptions = {
  socketTimeout: SILENCE,
  connectTimeout: SILENCE,
  retryStrategy: (attempt) => Math.min(attempt * 100, 1_000),
  // After a failover the old primary still answers, as a replica: leave it.
  reconnectOnError: (error) => error.message.startsWith('READONLY'),
  // Redis restarting with a large data set says LOADING: try again soon instead of waiting for its estimate.
  maxLoadingRetryTime: 1_000,
};

/**
 * A connection for commands. A command that cannot be answered now fails within 3 s instead of waiting in a queue:
 * the caller knows what to do about it. A failure after silence means "unknown": the command may have been carried out.
 */
export function connectCommands(url: string, name: string): Redis {
  return watch(
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
 * A connection for subscriptions. It pings, so that a Redis which is frozen rather than gone is noticed within 5 s: the
 * connection is closed and made again. Subscriptions are restored with it; what was published meanwhile is not.
 */
export function connectSubscriber(url: string, name: string, options: RedisOptions = {}): Redis {
  const redis = watch(
    new Redis(url, { ...shared, connectionName: name, maxRetriesPerRequest: null, ...options }),
    name,
  );
  const ping = setInterval(() => {
    if (redis.status === 'ready') redis.ping().catch(() => undefined); // the socket's time-out acts on silence
  }, PING_EVERY).unref();
  redis.once('end', () => {
    clearInterval(ping);
  });
  return redis;
}

/** Says once that Redis is away and once that it is back, however many attempts lie between. */
function watch(redis: Redis, name: string): Redis {
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
    const timer = setTimeout(resolve, SILENCE, false);
    redis.once('ready', () => {
      clearTimeout(timer);
      resolve(true);
    });
  });
  if (ready) return;
  const { host, port } = redis.options;
  throw new Error(`Redis does not answer at ${host ?? 'its address'}:${port ?? ''}`);
}

/** Closes a connection for good, after the answers that are under way where Redis still gives them. */
export async function disconnect(redis: Redis): Promise<void> {
  if (redis.status === 'ready') await redis.quit().catch(() => undefined);
  // Not after an end: ioredis would wait 2 s for the close of a socket that has closed already.
  if (redis.status !== 'end') redis.disconnect();
}
