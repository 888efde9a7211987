import { z } from 'zod';
import {
  signingVariables,
  toAuthOptions,
  toSigningKey,
  type AuthOptions,
  type BucketOptions,
  type SigningKey,
} from '@galley/access';
import {
  httpVariables,
  managementVariables,
  peerVariables,
  toHttpLimits,
  toManagementOptions,
  type HttpLimits,
  type ManagementOptions,
} from '@galley/http';
import { redisUrlVariable } from '@galley/redis';
import {
  ConfigError,
  hostInstance,
  Identity,
  readEnvironment,
  toTraceOptions,
  traceVariables,
  variables,
  type LogOptions,
  type TraceOptions,
} from '@galley/runtime';
import { type RedisChangeFeedOptions } from '@galley/change-feed';
import { isTimeZone } from './store/lists/time-zones.js';

export interface OrdersApiConfig {
  identity: Identity;
  host: string;
  port: number;
  log: LogOptions;
  /** Absent if there is to be no management server, and no metrics are recorded. */
  management?: ManagementOptions;
  /** Absent if nothing is to be traced. */
  traces?: TraceOptions;
  /** The database of the orders. If absent, they are kept in the memory of this process. */
  mongodbUri?: string;
  redisUrl: string;
  feed: RedisChangeFeedOptions;
  publication: {
    /** How often a replica looks for changes that were not published. */
    sweepEveryMs: number;
    /** How long a replica must have seen changes of an order unpublished to publish them. */
    sweepAfterMs: number;
  };
  /** How long an order stands in `Delivery` before it is closed; 0 if orders are never closed by themselves. */
  closeAfterMs: number;
  /** How long the content of a deleted order is kept. Its id stays taken forever. */
  keepTombstonesMs: number;
  /** The IANA name of the time zone of the shop, where an `estimatedDate` without a time ends. */
  timeZone: string;
  auth: AuthOptions;
  /** Signs tracking links. */
  signingKey: SigningKey;
  /** The beginning of tracking links, such as `https://shop.example`; empty for links without a host. */
  publicUrl: string;
  /** Origins of web pages that may use the API. */
  allowedOrigins: string[];
  /** Names that open mode answers to, besides localhost and addresses. */
  allowedHosts: string[];
  /** Proxies whose X-Forwarded-For is trusted. */
  trustedProxies: string[];
  /** What strangers may cost. */
  http: HttpLimits;
  /** How often one principal may send a request. */
  rateLimit: BucketOptions;
  /** How long a stop may take. */
  stopWithinMs: number;
}

/** Injection token: `OrdersApiConfig`. */
export const ORDERS_API_CONFIG = Symbol('ORDERS_API_CONFIG');

/** Longer than a request may take, so that the requests under way are finished. */
const STOP_WITHIN_MS = 15_000;

const DAY_MS = 24 * 60 * 60 * 1_000;

/** The time zone of the shop. */
export const timeZoneVariable = z
  .string()
  .refine(isTimeZone, 'must be the name of a time zone such as Europe/Berlin')
  .meta({
    description:
      'the time zone of the shop, in which a date without a time begins and ends; the same for `npm run db:indexes`',
    form: 'a name such as `Europe/Berlin`',
  })
  .default('UTC');

/** The environment variables of the orders API. */
export const ordersApiVariables = z.object({
  HOST: z.string().describe('the address to listen on').default('0.0.0.0'),
  PORT: variables.port().default(3000).describe('the port of REST and sockets; 0 for any'),
  LOG_LEVEL: variables.logLevel,
  LOG_FORMAT: variables.logFormat,
  ...managementVariables(9_464),
  ...traceVariables,
  ...signingVariables,
  ...peerVariables,
  ...httpVariables,
  PUBLIC_URL: z
    .url({ protocol: /^https?$/, error: 'must be a URL such as https://shop.example' })
    .meta({ description: 'how the URLs of tracking links begin; without it, with `/`', form: 'URL' })
    .optional(),
  RATE_LIMIT_PER_SECOND: variables
    .integer(1, 1_000_000, 100)
    .describe('requests of one user, per second; in open mode, of one address; a batch counts as its operations'),
  RATE_LIMIT_BURST: variables.integer(1, 1_000_000, 500).describe('how many of them may come at once after a pause'),
  MONGODB_URI: variables.mongodbUri.meta({ byDefault: 'in memory' }).optional(),
  REDIS_URL: redisUrlVariable,
  FEED_NAME: variables.feedName,
  FEED_HISTORY: variables
    .integer(1_000, 10_000_000, 100_000)
    .describe('changes that Redis keeps for gateways and clients that were away'),
  SWEEP_EVERY_MS: variables
    .integer(100, 600_000, 1_000)
    .describe('milliseconds between two looks for changes that were not published'),
  SWEEP_AFTER_MS: variables
    .integer(0, 600_000, 1_000)
    .describe('milliseconds for which a change must be unpublished before a look publishes it'),
  AUTO_CLOSE_DAYS: variables
    .integer(0, 3_650, 7)
    .describe('days in `Delivery` after which an order is closed; 0 for never'),
  KEEP_TOMBSTONES_DAYS: variables
    .integer(1, 3_650, 7)
    .describe('days for which the content of a deleted order is kept; its id stays taken forever'),
  TIME_ZONE: timeZoneVariable,
});

/** @throws ConfigError */
export function readOrdersApiConfig(env: NodeJS.ProcessEnv): OrdersApiConfig {
  const e = readEnvironment(ordersApiVariables, env);
  if (e.NODE_ENV === 'production' && e.MONGODB_URI === undefined) {
    throw new ConfigError(['MONGODB_URI must be set in production: without it orders are lost when the process stops']);
  }
  const identity = new Identity('orders-api', hostInstance(), e.GALLEY_REVISION);
  return {
    identity,
    host: e.HOST,
    port: e.PORT,
    log: { level: e.LOG_LEVEL, format: e.LOG_FORMAT, name: 'orders-api', identity },
    management: toManagementOptions(e),
    traces: toTraceOptions(e),
    mongodbUri: e.MONGODB_URI,
    redisUrl: e.REDIS_URL,
    feed: { url: e.REDIS_URL, name: e.FEED_NAME, history: e.FEED_HISTORY },
    publication: { sweepEveryMs: e.SWEEP_EVERY_MS, sweepAfterMs: e.SWEEP_AFTER_MS },
    closeAfterMs: e.AUTO_CLOSE_DAYS * DAY_MS,
    keepTombstonesMs: e.KEEP_TOMBSTONES_DAYS * DAY_MS,
    timeZone: e.TIME_ZONE,
    auth: toAuthOptions(e),
    signingKey: toSigningKey(e),
    publicUrl: e.PUBLIC_URL?.replace(/\/+$/, '') ?? '',
    allowedOrigins: e.ALLOWED_ORIGINS,
    allowedHosts: e.ALLOWED_HOSTS,
    trustedProxies: e.TRUST_PROXY,
    stopWithinMs: STOP_WITHIN_MS,
    http: toHttpLimits(e),
    rateLimit: { perSecond: e.RATE_LIMIT_PER_SECOND, burst: e.RATE_LIMIT_BURST },
  };
}
