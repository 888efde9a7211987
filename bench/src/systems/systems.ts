import { randomBytes } from 'node:crypto';
import { mintToken } from '@galley/access';
import { type LoadContext, type SystemName } from '../load/context.js';
import { freePort, has, run, runNode, untilReady, type RunningProcess } from './processes.js';

/** What a scenario needs to run. */
export type Part = 'gateway' | 'api';

export interface RunningSystem {
  context: LoadContext;
  stop(): Promise<void>;
}

const FILES: Record<SystemName, Partial<Record<Part, string>>> = {
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

/** Starts a system and a broker of its own. */
export async function start(system: SystemName, parts: readonly Part[], quick: boolean): Promise<RunningSystem> {
  const started: RunningProcess[] = [];
  const stop = async () => {
    for (const process of started.reverse()) await process.stop();
  };
  try {
    const redisPort = await freePort();
    const redisUrl = `redis://127.0.0.1:${redisPort}`;
    started.push(startRedis(redisPort));
    const feedName = 'bench';
    const tokenSecret = randomBytes(32).toString('hex');
    const token = await mintToken({ secret: tokenSecret, role: 'staff', sub: 'bench', expiresIn: 3_600 });
    const context: LoadContext = { system, redisUrl, feedName, tokenSecret, token, quick };
    for (const part of parts) {
      const file = FILES[system][part];
      if (file === undefined) throw new Error(`${system} has no ${part}`);
      const port = await freePort();
      const url = `http://127.0.0.1:${port}`;
      // The bare handler of the REST scenario publishes nothing.
      const publishes = system === 'ours' || parts.includes('gateway');
      const env = {
        ...{ PORT: String(port), HOST: '127.0.0.1', LOG_LEVEL: 'error', FEED_NAME: feedName },
        ...(publishes && { REDIS_URL: redisUrl }),
        ...(system === 'ours' && { AUTH_JWT_SECRET: tokenSecret, ...UNLIMITED }),
      };
      const core = parts.length === 1 ? 'gateway' : part === 'gateway' ? 'gateway' : 'any';
      const process = runNode(core, file, env);
      started.push(process);
      await untilReady(url);
      context[part] = { url, pid: process.pid };
    }
    return { context, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A broker of its own, on the second core. */
export function startRedis(port: number): RunningProcess {
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  return has('redis-server')
    ? run('load', 'redis-server', args)
    : runNode('load', 'bench/dist/systems/embedded-redis.js', { PORT: String(port) });
}
