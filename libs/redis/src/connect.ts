import { Redis, type RedisOptions } from 'ioredis';
import { Logger } from '@nestjs/common';
import { Outage } from '@galley/runtime';
import { parseRedisUrl, type RedisLogin, type RedisNode, type RedisUrl } from './redis-url.js';
import { ClusterConnection } from './routes/cluster-connection.js';
import { ClusterRoute } from './routes/cluster-route.js';
import { explainRedisError } from './redis-error.js';
import { leavesReplica, type Route } from './routes/route.js';
import { RouteConnector } from './routes/route-connector.js';
import { SentinelRoute } from './routes/sentinel-route.js';
import { endWhenSilent } from './silence.js';

/** How long Redis may not answer a waiting command before the connection counts as dead. */
const MAX_SILENCE_MS = 3_000;

const PING_EVERY_MS = 1_000;

/** How often a connection asks whether its server is still the right one. Each asks all sentinels. */
const CHECK_ROUTE_EVERY_MS = 5_000;

const shared: RedisOptions = {
  connectTimeout: MAX_SILENCE_MS,
  retryStrategy: (attempt) => Math.min(attempt * 100, 1_000),
  reconnectOnError: leavesReplica,
  // Redis says LOADING while it restarts with a large data set. Try again soon instead of waiting for its estimate.
  maxLoadingRetryTime: 1_000,
};

export interface CommandsOptions {
  /**
   * One of the keys that the commands use; all of them have the same hash tag. In a cluster the connection goes to the
   * primary that has it. A connection that only publishes needs none.
   */
  key?: string;
}

/**
 * Makes a connection for commands: to the server that the URL names, to the primary that the sentinels name, or to the
 * primary of a cluster that has the keys. A command that cannot be answered now fails within 3 s instead of waiting in a
 * queue, because the caller knows what to do then. After a failure without an answer the command may have been executed or
 * not.
 *
 * Emits `ready` for each new connection, and only another connection can lead to another server. So what must be checked
 * before another primary is written to, for example that it has not lost anything, is checked at `ready`.
 *
 * @param url see `parseRedisUrl`
 */
export function connectCommands(url: string, name: string, { key }: CommandsOptions = {}): Redis {
  return connect(url, name, key, { enableOfflineQueue: false, maxRetriesPerRequest: 0 });
}

/**
 * Makes a connection for subscriptions, in a cluster to any of its nodes. It sends pings, so that a frozen Redis is noticed
 * within 5 s. Then the connection is closed and made again, in a cluster to another node. Subscriptions are restored;
 * messages that were published meanwhile are lost. `ready` and `close` tell of each connection and its end.
 *
 * @param url see `parseRedisUrl`
 */
export function connectSubscriber(url: string, name: string, options: RedisOptions = {}): Redis {
  const redis = connect(url, name, undefined, { maxRetriesPerRequest: null, ...options });
  // If there is no answer, the connection ends.
  every(PING_EVERY_MS, redis, () => redis.ping());
  return redis;
}

function connect(url: string, name: string, key: string | undefined, options: RedisOptions): Redis {
  const address = parseRedisUrl(url);
  const redis = connectTo(address, key, { ...shared, connectionName: name, ...options });
  const hosts = describeHosts(address);
  failures.set(redis, `Redis does not answer at ${hosts}: start it, or set REDIS_URL`);
  return endWhenSilent(logOutages(redis, name, hosts), MAX_SILENCE_MS);
}

function connectTo(address: RedisUrl, key: string | undefined, options: RedisOptions): Redis {
  if (address.kind === 'standalone') return new Redis(address.url, options);
  if (address.kind === 'sentinel') {
    const route = new SentinelRoute(address);
    const redis = new Redis({ ...options, ...optionsOf(route, address.login), db: address.db });
    return leaveWrongServers(redis, route);
  }
  const route = new ClusterRoute(address, key);
  const redis = new ClusterConnection(route, address.login, { ...options, ...optionsOf(route, address.login) });
  return leaveWrongServers(redis, route);
}

const optionsOf = (route: Route, { tls, ...login }: RedisLogin): RedisOptions => ({
  ...login,
  ...(tls && { tls: {} }), // says which event means that the connection is open
  Connector: class extends RouteConnector {
    constructor() {
      super(route, tls);
    }
  },
  reconnectOnError: (error) => route.leavesAfter(error),
});

function leaveWrongServers(redis: Redis, route: Route): Redis {
  every(CHECK_ROUTE_EVERY_MS, redis, async () => {
    const { stream } = redis;
    if (!(await route.isStillRight(redis)) && redis.stream === stream) redis.disconnect(true);
  });
  return redis;
}

/** Does something at intervals while a connection is ready. */
function every(intervalMs: number, redis: Redis, act: () => Promise<unknown>): void {
  const timer = setInterval(() => {
    if (redis.status === 'ready') act().catch(() => undefined);
  }, intervalMs).unref();
  redis.once('end', () => {
    clearInterval(timer);
  });
}

/** Logs when Redis goes away and when it is back. */
function logOutages(redis: Redis, name: string, hosts: string): Redis {
  const begins = `${name}: Redis is away, trying again until it is back`;
  const outage = new Outage(new Logger('Redis'), begins, `${name}: Redis is back`);
  redis.on('error', (error) => {
    const reason = explainRedisError(error, hosts);
    failures.set(redis, reason);
    outage.failed(reason);
  });
  redis.on('ready', () => {
    outage.over();
  });
  return redis;
}

/** Why each connection is not ready, as a sentence. */
const failures = new WeakMap<Redis, string>();

function describeHosts(address: RedisUrl): string {
  const write = ({ host, port }: RedisNode) => `${host}:${port}`;
  if (address.kind === 'standalone') return write(address.node);
  return (address.kind === 'sentinel' ? address.sentinels : address.nodes).map(write).join(', ');
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
  if (!ready) throw new Error(failures.get(redis));
}

/** Closes a connection permanently. Waits for the answers under way if Redis still sends them. */
export async function disconnect(redis: Redis): Promise<void> {
  if (redis.status === 'ready') await redis.quit().catch(() => undefined);
  // Not if it has ended: ioredis would wait 2 s for the close of a socket that is already closed.
  if (redis.status !== 'end') redis.disconnect();
}
