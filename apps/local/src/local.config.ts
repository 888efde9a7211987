import { z } from 'zod';
import { authVariables } from '@galley/access';
import { httpVariables, toHttpLimits, type HttpLimits } from '@galley/http';
import { timeZoneVariable } from '@galley/orders-api/orders-api.config';
import { redisUrlVariable } from '@galley/redis';
import { readEnvironment, variables } from '@galley/runtime';

export interface LocalConfig {
  host: string;
  /** The port of the front proxy. Clients need no other port. */
  port: number;
  gateways: number;
  /** The database for the orders. If absent, they are kept in memory. */
  mongodbUri?: string;
  /** The Redis to use instead of the embedded one. */
  redisUrl?: string;
  logLevel: z.output<typeof variables.logLevel>;
  /** The connections that the front proxy takes. */
  connections: HttpLimits['connections'];
  /** Whether the cluster is in open mode, without tokens. */
  open: boolean;
  /** Whether the board offers to play a day of orders. Never where a database keeps them. */
  demoDay: boolean;
  /** The time zone of the shop, an IANA name. If absent, pages use the one of their reader. */
  timeZone?: string;
  /** The name and the telephone number of the shop, for the pages of tracking links. */
  shopName?: string;
  shopPhone?: string;
  /** A path of the pages' origin that answers with the token of the person who is signed in at the shop. */
  tokenUrl?: string;
  /** Other variables for the orders API and the gateways. */
  settings: NodeJS.ProcessEnv;
}

/** The environment variables of `npm start`. It gives all others to the orders API and the gateways. */
export const localVariables = z.object({
  // The same defaults as in start.mjs, which checks the port before anything is built.
  HOST: z.string().describe('the address to listen on; `0.0.0.0` lets others in').default('127.0.0.1'),
  PORT: variables.port().default(3000).describe('the one port of the pages, REST and sockets'),
  GATEWAYS: variables.integer(1, 16, 2).describe('gateways to start'),
  MONGODB_URI: variables.mongodbUri.meta({ byDefault: 'in memory' }).optional(),
  REDIS_URL: redisUrlVariable.meta({ byDefault: 'embedded' }).optional(),
  LOG_LEVEL: variables.logLevel.default('warn'),
  ...httpVariables,
  TIME_ZONE: timeZoneVariable.unwrap().meta({ byDefault: 'UTC; on pages that of their reader' }).optional(),
  SHOP_NAME: z.string().describe('the name of the shop, on the page of a tracking link').optional(),
  SHOP_PHONE: z.string().describe('its telephone number, for a button there').optional(),
  TOKEN_URL: z
    .string()
    .regex(/^\/(?!\/)/, 'must be a path of this origin, such as /session/token')
    .meta({
      description: 'where the pages ask for the token of their user: see [signing in](BOARD.md#signing-in)',
      form: 'a path such as `/session/token`',
    })
    .optional(),
  AUTH: authVariables.AUTH.unwrap().meta({ byDefault: 'open; required if a key is given' }).optional(),
  AUTH_PUBLIC_KEYS: authVariables.AUTH_PUBLIC_KEYS,
  AUTH_JWT_SECRET: authVariables.AUTH_JWT_SECRET,
  AUTH_JWKS_URL: authVariables.AUTH_JWKS_URL,
});

/** Pages that are served from this machine, on any port. */
const LOCAL_ORIGINS = 'http://localhost:*,http://127.0.0.1:*';

/** Variables that the local cluster sets itself, instead of the environment. */
export const CHOSEN_HERE = [
  ...['HOST', 'PORT', 'MONGODB_URI', 'REDIS_URL', 'FEED_NAME', 'LOG_LEVEL', 'GATEWAY_NAME'],
  ...['MANAGEMENT_PORT', 'MANAGEMENT_HOST', 'GALLEY_REVISION'],
];

/** The embedded Redis copies all that the feed keeps with each change. */
export const EMBEDDED_REDIS = { FEED_HISTORY: '1000' };

/** @throws ConfigError */
export function readLocalConfig(env: NodeJS.ProcessEnv): LocalConfig {
  const e = readEnvironment(localVariables, env);
  const hasKeys = [e.AUTH_PUBLIC_KEYS, e.AUTH_JWT_SECRET, e.AUTH_JWKS_URL].some((keys) => keys !== undefined);
  const auth = e.AUTH ?? (hasKeys ? 'required' : 'open');
  return {
    host: e.HOST,
    port: e.PORT,
    gateways: e.GATEWAYS,
    mongodbUri: e.MONGODB_URI,
    redisUrl: e.REDIS_URL,
    logLevel: e.LOG_LEVEL,
    connections: toHttpLimits(e).connections,
    open: auth === 'open',
    timeZone: e.TIME_ZONE,
    shopName: e.SHOP_NAME,
    shopPhone: e.SHOP_PHONE,
    tokenUrl: e.TOKEN_URL,
    demoDay: auth === 'open' && e.MONGODB_URI === undefined,
    settings: {
      ALLOWED_ORIGINS: LOCAL_ORIGINS,
      ...(e.REDIS_URL === undefined && EMBEDDED_REDIS),
      ...env,
      AUTH: auth,
      // The front proxy.
      TRUST_PROXY: 'loopback',
      // There is no other replica that clients could move to.
      DRAIN_WINDOW_MS: '0',
    },
  };
}
