import { type LoadContext, type SystemName } from '../load/context.js';
import { freePort, has, run, runNode, untilReady, type RunningProcess } from './processes.js';

/** What a scenario needs to run. */
export type Part = 'gateway' | 'api';

export interface RunningSystem {
  context: LoadContext;
  stop(): Promise<void>;
}

const FILES: Record<SystemName, Partial<Record<Part, string>>> = {
  ours: { gateway: 'dist/apps/gateway/src/main.js', api: 'dist/apps/orders-api/src/main.js' },
  stock: { gateway: 'dist/bench/stock/gateway.js', api: 'dist/bench/stock/orders-api.js' },
  floor: { gateway: 'dist/bench/floor/gateway.js' },
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
    const context: LoadContext = { system, redisUrl, feedName, quick };
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

function startRedis(port: number): RunningProcess {
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  return has('redis-server')
    ? run('load', 'redis-server', args)
    : runNode('load', 'dist/bench/systems/embedded-redis.js', { PORT: String(port) });
}
