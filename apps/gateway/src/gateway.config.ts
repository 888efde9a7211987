import { z } from 'zod';
import { type AuthOptions, authVariables, type BucketOptions, toAuthOptions } from '@galley/access';
import { type RedisFeedOptions } from '@galley/change-feed';
import { MAX_TOKEN_LENGTH } from '@galley/contracts';
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
  hostInstance,
  Identity,
  readEnvironment,
  toTraceOptions,
  traceVariables,
  variables,
  type LogOptions,
  type TraceOptions,
} from '@galley/runtime';

export interface GatewayConfig {
  /**
   * The name of this replica, unique among the replicas. Session ids begin with it and a dot, so that a proxy can send all
   * requests of a polling client to the right replica.
   */
  name: string;
  identity: Identity;
  host: string;
  port: number;
  log: LogOptions;
  /** Absent if there is to be no management server, and no metrics are recorded. */
  management?: ManagementOptions;
  /** Absent if nothing is to be traced. */
  traces?: TraceOptions;
  redisUrl: string;
  feed: RedisFeedOptions;
  /** How many single orders one connection may follow. */
  maxRooms: number;
  /** The largest message that a client may send. */
  maxMessageBytes: number;
  /** How many bytes of changes are kept in memory for clients that reconnect. Older changes are read from the feed. */
  recentBytes: number;
  /** The most missed changes that a client is sent. A client that missed more must fetch its orders again. */
  replayLimit: number;
  /** How often `feed` is sent. */
  feedHeartbeatMs: number;
  /** How many bytes may wait for one client before it is cut off. */
  maxPendingBytes: number;
  auth: AuthOptions;
  /** How long before its token expires a client is warned. */
  expiryWarningMs: number;
  /** Origins of web pages that may connect, besides our own. */
  allowedOrigins: string[];
  /** Names that open mode answers to, besides localhost and addresses. */
  allowedHosts: string[];
  /** Proxies whose X-Forwarded-For is trusted. */
  trustedProxies: string[];
  limits: ConnectionLimits;
  /** What strangers may cost on HTTP, before their connection is a WebSocket. */
  http: HttpLimits;
  /** How many files and sockets the process may open. Undefined if unknown, or if others share the process. */
  openFilesLimit?: number;
  rebalance: RebalanceConfig;
  /** The time over which a replica closes its connections when it stops. */
  drainWindowMs: number;
  /** How long a stop may take. */
  stopWithinMs: number;
}

export interface ConnectionLimits {
  /** Most connections of this replica. */
  connections: number;
  /** Most connections from one address. */
  perAddress: number;
  /** Most connections of one principal. `anonymous` has no such limit. */
  perPrincipal: number;
  /** New connections from all addresses together. */
  handshakes: BucketOptions;
  /** New connections from one address. */
  handshakesOfAddress: BucketOptions;
  /** Events that one connection sends. */
  events: BucketOptions;
  /** Bytes that one connection sends. Packets, frames and requests cost more than their bytes: see `COST_BYTES`. */
  input: BucketOptions;
}

/** How a replica with more than its share of connections sends clients to the others. */
export interface RebalanceConfig {
  /** The most clients that it sends elsewhere in a minute; 0: none. */
  perMinute: number;
  /** How often replicas tell each other how many connections they have. */
  tellEveryMs: number;
  /** How long no replica may have come or gone: during a rollout, the clients of those that leave move anyway. */
  settleMs: number;
  /** How long a client stays where it is, so that it does not move again and again. */
  keepMs: number;
}

const REBALANCE_TIMES = { tellEveryMs: 5_000, settleMs: 120_000, keepMs: 300_000 };

const MIN_MESSAGE_BYTES = 16_384;
const BYTES_PER_ROOM = 100;

/** Injection token: `GatewayConfig`. */
export const GATEWAY_CONFIG = Symbol('GATEWAY_CONFIG');

/** How long the rest of a stop may take after the drain. */
const STOP_AFTER_DRAIN_MS = 10_000;

/** The environment variables of a gateway. */
export const gatewayVariables = z.object({
  GATEWAY_NAME: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,63}$/, 'must be 1 to 63 letters, digits or "-"')
    .default(hostInstance)
    .meta({
      description: 'the name of this gateway, unique among the gateways; session ids begin with it',
      form: '1 to 63 letters, digits or `-`',
      byDefault: 'the host name',
    }),
  HOST: z.string().describe('the address to listen on').default('0.0.0.0'),
  PORT: variables.port().default(3001).describe('the port of REST and sockets; 0 for any'),
  LOG_LEVEL: variables.logLevel,
  LOG_FORMAT: variables.logFormat,
  ...managementVariables(9_465),
  ...traceVariables,
  REDIS_URL: redisUrlVariable,
  FEED_NAME: variables.feedName,
  MAX_ROOMS: variables.integer(1, 10_000, 100).describe('orders that one connection may follow one by one'),
  RECENT_BYTES: variables
    .integer(1_024, 1_073_741_824, 8_388_608)
    .describe('bytes of changes that are kept in memory for clients that reconnect; older ones come from Redis'),
  REPLAY_LIMIT: variables
    .integer(0, 1_000_000, 10_000)
    .describe('missed changes that a client is still sent; one that missed more fetches its orders anew'),
  FEED_HEARTBEAT_MS: variables.integer(100, 60_000, 5_000).describe('milliseconds between two `feed`'),
  MAX_PENDING_BYTES: variables
    .integer(65_536, 1_073_741_824, 1_048_576)
    .describe('bytes that may wait for one client before it is cut off'),
  ...authVariables,
  ...peerVariables,
  ...httpVariables,
  // Also those of polling clients.
  MAX_HTTP_CONNECTIONS_PER_ADDRESS: variables
    .integer(1, 1_000_000, 2_000)
    .describe('HTTP connections of one address to one process'),
  EXPIRY_WARNING_MS: variables
    .integer(0, 3_600_000, 60_000)
    .describe('milliseconds before the end of its token in which a client is warned'),
  MAX_CONNECTIONS: variables.integer(1, 1_000_000, 20_000).describe('connections of one gateway'),
  MAX_CONNECTIONS_PER_ADDRESS: variables.integer(1, 1_000_000, 5_000).describe('connections of one address'),
  MAX_CONNECTIONS_PER_PRINCIPAL: variables
    .integer(1, 1_000_000, 500)
    .describe('connections of one user or tracking link'),
  HANDSHAKES_PER_SECOND: variables
    .integer(1, 1_000_000, 1_000)
    .describe('new connections of all addresses, per second'),
  HANDSHAKES_BURST: variables.integer(1, 1_000_000, 10_000).describe('how many of them may come at once after a pause'),
  HANDSHAKES_PER_ADDRESS_PER_SECOND: variables
    .integer(1, 1_000_000, 100)
    .describe('new connections of one address, per second'),
  HANDSHAKES_PER_ADDRESS_BURST: variables
    .integer(1, 1_000_000, 2_000)
    .describe('how many of them may come at once after a pause'),
  EVENTS_PER_SECOND: variables
    .integer(1, 1_000_000, 20)
    .describe('events that one connection sends, per second; it is cut off after 1,000 refusals in a row'),
  EVENTS_BURST: variables.integer(1, 1_000_000, 200).describe('how many of them may come at once after a pause'),
  INPUT_BYTES_PER_SECOND: variables
    .integer(1_024, 1_073_741_824, 65_536)
    .describe(
      'bytes that one connection sends, of any kind, per second; above that it is read slowly, and cut off after 10 s',
    ),
  INPUT_BYTES_BURST: variables
    .integer(1_024, 1_073_741_824, 262_144)
    .describe('how many of them may come at once after a pause'),
  REBALANCE_PER_MINUTE: variables
    .integer(0, 60_000, 0)
    .describe(
      'clients that a gateway with more than its share sends to the others, per minute, as after one was added; 0 for none',
    ),
  DRAIN_WINDOW_MS: variables
    .integer(0, 600_000, 20_000)
    .describe('milliseconds over which clients are sent elsewhere when the gateway stops'),
});

/** @throws ConfigError */
export function readGatewayConfig(env: NodeJS.ProcessEnv): GatewayConfig {
  const e = readEnvironment(gatewayVariables, env);
  // The largest message of a client is its connect request: a token and the orders to follow.
  const maxMessageBytes = Math.max(MIN_MESSAGE_BYTES, MAX_TOKEN_LENGTH + BYTES_PER_ROOM * e.MAX_ROOMS);
  const identity = new Identity('gateway', e.GATEWAY_NAME, e.GALLEY_REVISION);
  return {
    name: e.GATEWAY_NAME,
    identity,
    host: e.HOST,
    port: e.PORT,
    log: { level: e.LOG_LEVEL, format: e.LOG_FORMAT, name: e.GATEWAY_NAME, identity },
    management: toManagementOptions(e),
    traces: toTraceOptions(e),
    redisUrl: e.REDIS_URL,
    feed: { url: e.REDIS_URL, name: e.FEED_NAME },
    maxRooms: e.MAX_ROOMS,
    maxMessageBytes,
    recentBytes: e.RECENT_BYTES,
    replayLimit: e.REPLAY_LIMIT,
    feedHeartbeatMs: e.FEED_HEARTBEAT_MS,
    maxPendingBytes: e.MAX_PENDING_BYTES,
    auth: toAuthOptions(e),
    expiryWarningMs: e.EXPIRY_WARNING_MS,
    allowedOrigins: e.ALLOWED_ORIGINS,
    allowedHosts: e.ALLOWED_HOSTS,
    trustedProxies: e.TRUST_PROXY,
    limits: {
      connections: e.MAX_CONNECTIONS,
      perAddress: e.MAX_CONNECTIONS_PER_ADDRESS,
      perPrincipal: e.MAX_CONNECTIONS_PER_PRINCIPAL,
      handshakes: { perSecond: e.HANDSHAKES_PER_SECOND, burst: e.HANDSHAKES_BURST },
      handshakesOfAddress: { perSecond: e.HANDSHAKES_PER_ADDRESS_PER_SECOND, burst: e.HANDSHAKES_PER_ADDRESS_BURST },
      events: { perSecond: e.EVENTS_PER_SECOND, burst: e.EVENTS_BURST },
      // A client may send two of the largest messages without a pause.
      input: { perSecond: e.INPUT_BYTES_PER_SECOND, burst: Math.max(e.INPUT_BYTES_BURST, 2 * maxMessageBytes) },
    },
    http: toHttpLimits(e),
    rebalance: { perMinute: e.REBALANCE_PER_MINUTE, ...REBALANCE_TIMES },
    drainWindowMs: e.DRAIN_WINDOW_MS,
    stopWithinMs: e.DRAIN_WINDOW_MS + STOP_AFTER_DRAIN_MS,
  };
}
