import { z } from 'zod';
import { readEnvironment, variables } from '#config';

export interface LocalConfig {
  host: string;
  /** Of the front proxy, the only port that clients need. */
  port: number;
  gateways: number;
  /** Where orders are kept, instead of in memory. */
  mongodbUri?: string;
  /** The Redis to use instead of the embedded one. */
  redisUrl?: string;
  logLevel: z.output<typeof variables.logLevel>;
}

const environment = z.object({
  // Nobody needs a token here: only this machine may connect unless told otherwise.
  HOST: z.string().default('127.0.0.1'),
  PORT: variables.port(3000),
  GATEWAYS: variables.integer(1, 16, 2),
  MONGODB_URI: variables.mongodbUri.optional(),
  REDIS_URL: variables.redisUrl.optional(),
  LOG_LEVEL: variables.logLevel.default('warn'),
});

/** @throws ConfigError */
export function readLocalConfig(env: NodeJS.ProcessEnv): LocalConfig {
  const e = readEnvironment(environment, env);
  return {
    host: e.HOST,
    port: e.PORT,
    gateways: e.GATEWAYS,
    mongodbUri: e.MONGODB_URI,
    redisUrl: e.REDIS_URL,
    logLevel: e.LOG_LEVEL,
  };
}
