import { z } from 'zod';
import { readEnvironment, variables } from '#config';
import { type RedisChangeFeedOptions } from '#change-feed';
import { type LogOptions } from '#observability';

export interface OrdersApiConfig {
  host: string;
  port: number;
  log: LogOptions;
  redisUrl: string;
  feed: RedisChangeFeedOptions;
  publication: {
    /** How often a replica looks for changes that nobody published. */
    sweepEveryMs: number;
    /** How long a change may be unpublished before that. */
    sweepAfterMs: number;
  };
}

/** Injection token: `OrdersApiConfig`. */
export const ORDERS_API_CONFIG = Symbol('ORDERS_API_CONFIG');

const environment = z.object({
  HOST: z.string().default('0.0.0.0'),
  PORT: variables.port(3000),
  LOG_LEVEL: variables.logLevel,
  LOG_FORMAT: variables.logFormat,
  REDIS_URL: variables.redisUrl,
  FEED_NAME: variables.feedName,
  FEED_HISTORY: variables.integer(1_000, 10_000_000, 100_000),
  SWEEP_EVERY_MS: variables.integer(100, 600_000, 1_000),
  SWEEP_AFTER_MS: variables.integer(0, 600_000, 2_000),
});

/** @throws ConfigError */
export function readOrdersApiConfig(env: NodeJS.ProcessEnv): OrdersApiConfig {
  const e = readEnvironment(environment, env);
  return {
    host: e.HOST,
    port: e.PORT,
    log: { level: e.LOG_LEVEL, format: e.LOG_FORMAT, name: 'orders-api' },
    redisUrl: e.REDIS_URL,
    feed: { url: e.REDIS_URL, name: e.FEED_NAME, history: e.FEED_HISTORY },
    publication: { sweepEveryMs: e.SWEEP_EVERY_MS, sweepAfterMs: e.SWEEP_AFTER_MS },
  };
}
