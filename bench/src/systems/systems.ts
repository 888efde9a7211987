import { createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { mintTokenOf, type LoadContext, type PeerName, type SystemName } from '../load/context.js';
import { runCentrifugo } from './centrifugo.js';
import { freePort, has, LISTENS_ON, run, runNode, untilReady, type RunningProcess } from './processes.js';

/** What a scenario needs to run. */
export type Part = 'gateway' | 'api';

export interface RunningSystem {
  context: LoadContext;
  stop(): Promise<void>;
}

const FILES: Record<Exclude<SystemName, PeerName>, Partial<Record<Part, string>>> = {
  ours: { gateway: 'apps/gateway/dist/main.js', api: 'apps/orders-api/dist/main.js' },
  stock: { gateway: 'bench/dist/stock/gateway.js', api: 'bench/dist/stock/orders-api.js' },
  floor: { gateway: 'bench/dist/floor/gateway.js' },
};

/** All load comes from one address, and much of it as one user; the other systems have no limits at all. */
const UNLIMITED = {
  ...{ MAX_CONNECTIONS: '100000', MAX_CONNECTIONS_PER_ADDRESS: '100000', MAX_CONNECTIONS_PER_PRINCIPAL: '100000' },
  ...{ HANDSHAKES_PER_SECOND: '100000', HANDSHAKES_BURST: '100000' },
  ...{ HANDSHAKES_PER_ADDRESS_PER_SECOND: '100000', HANDSHAKES_PER_ADDRESS_BURST: '100000' },
  ...{ RATE_LIMIT_PER_SECOND: '1000000', RATE_LIMIT_BURST: '1000000' },
  ...{ MAX_HTTP_CONNECTIONS: '100000', MAX_HTTP_CONNECTIONS_PER_ADDRESS: '100000', STRANGER_REQUESTS_BURST: '1000000' },
};

export interface BenchOptions {
  /** Smaller and shorter, less exact. */
  quick: boolean;
  /** Signs tokens with a key pair (RS256) instead of a secret (HS256). */
  rs256: boolean;
}

/** Starts a system and a broker of its own. */
export async function start(system: SystemName, parts: readonly Part[], options: BenchOptions): Promise<RunningSystem> {
  const started: RunningProcess[] = [];
  const stop = async () => {
    for (const process of started.reverse()) await process.stop();
  };
  try {
    const redisPort = await freePort();
    const broker = startRedis(redisPort);
    started.push(broker);
    const redis = { url: `redis://127.0.0.1:${redisPort}`, pid: broker.pid };
    const feedName = 'bench';
    const tokenKey = options.rs256 ? newPrivateKey() : { secret: randomBytes(32).toString('hex') };
    const token = await mintTokenOf({ tokenKey }, 'staff', 'bench');
    const context: LoadContext = { system, redis, feedName, tokenKey, token, quick: options.quick };
    for (const part of parts) started.push(await startPart(context, part, { isAlone: parts.length === 1 }));
    return { context, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function newPrivateKey(): { privateKeyPem: string } {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  return { privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
}

function keyVariables(key: LoadContext['tokenKey']): NodeJS.ProcessEnv {
  if ('secret' in key) return { AUTH_JWT_SECRET: key.secret };
  return { AUTH_PRIVATE_KEY: key.privateKeyPem, AUTH_PUBLIC_KEYS: publicKeyOf(key) };
}

const publicKeyOf = ({ privateKeyPem }: { privateKeyPem: string }): string =>
  createPublicKey(privateKeyPem).export({ type: 'spki', format: 'pem' }).toString();

/**
 * Starts a part of a system whose broker runs, and puts it into the context. Resolves once it is ready.
 * @param isAlone whether the system has no other part
 * @param variables of its environment, besides what it needs to be measured
 */
export async function startPart(
  context: LoadContext,
  part: Part,
  { isAlone, variables = {} }: { isAlone: boolean; variables?: NodeJS.ProcessEnv },
): Promise<RunningProcess> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const process =
    context.system === 'centrifugo'
      ? runCentrifugo(context, part, port)
      : runOnNode(context, part, port, { isAlone, variables });
  try {
    await untilReady(url);
  } catch (error) {
    await process.stop();
    throw error;
  }
  context[part] = { url, pid: process.pid };
  return process;
}

function runOnNode(
  context: LoadContext,
  part: Part,
  port: number,
  { isAlone, variables }: { isAlone: boolean; variables: NodeJS.ProcessEnv },
): RunningProcess {
  const { system, feedName, redis, tokenKey } = context;
  const file = system === 'centrifugo' ? undefined : FILES[system][part];
  if (file === undefined) throw new Error(`${system} has no ${part}`);
  // The bare handler of the REST scenario publishes nothing.
  const publishes = system === 'ours' || part === 'gateway' || !isAlone;
  const env = {
    ...{ PORT: String(port), HOST: LISTENS_ON, LOG_LEVEL: 'error', FEED_NAME: feedName },
    ...(publishes && { REDIS_URL: redis.url }),
    // Nothing of the bench's own environment: only the scenario that wants a database has one.
    MONGODB_URI: undefined,
    ...(system === 'ours' && { ...keyVariables(tokenKey), ...UNLIMITED }),
    ...(system === 'stock' && { TOKEN_KEY: 'secret' in tokenKey ? tokenKey.secret : publicKeyOf(tokenKey) }),
    ...variables,
  };
  return runNode(isAlone || part === 'gateway' ? 'gateway' : 'any', file, env);
}

/** A broker of its own, on the second core. */
export function startRedis(port: number): RunningProcess {
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  return has('redis-server')
    ? run('load', 'redis-server', args)
    : runNode('load', 'bench/dist/systems/embedded-redis.js', { PORT: String(port) });
}
