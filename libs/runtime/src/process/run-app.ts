import { type AddressInfo } from 'node:net';
import { Logger } from '@nestjs/common';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { explainStartError, type Address, type Addresses } from './start-error.js';

interface Running extends Addresses {
  /** How long a stop may take. Without a limit, a half-sent request or a silent peer could delay it forever. */
  stopWithinMs: number;
  auth: { mode: 'open' | 'required' };
}

/** How many connections may wait to be accepted. Node's default of 511 is too small for a storm of connections. */
const BACKLOG = 8_192;

const STOP_SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/**
 * Runs one app as a process: reads its configuration, listens, and stops cleanly on SIGTERM and SIGINT with exit code 0.
 * If it cannot start, it prints the reason without a stack and exits with code 1.
 * @param beside starts what the process has besides the app
 */
export async function runApp<C extends Running>(
  readConfig: (env: NodeJS.ProcessEnv) => C,
  create: (config: C) => Promise<NestFastifyApplication>,
  beside?: (app: NestFastifyApplication, config: C) => Promise<unknown>,
): Promise<void> {
  for (const signal of STOP_SIGNALS) process.once(signal, exitAtOnce);
  let config: C | undefined;
  try {
    config = readConfig(process.env);
    const app = await create(config);
    for (const signal of STOP_SIGNALS) process.off(signal, exitAtOnce);
    app.enableShutdownHooks([...STOP_SIGNALS], { useProcessExit: true });
    const { stopWithinMs } = config;
    for (const signal of STOP_SIGNALS) {
      process.once(signal, () => {
        exitWithin(stopWithinMs);
      });
    }
    await listen(app, config);
    await beside?.(app, config);
    // Not where the app is created: `npm start` has several of them in one process, and says it once for all.
    if (config.auth.mode === 'open') new Logger('Auth').warn('OPEN TO EVERYBODY: AUTH=open, no token is needed');
  } catch (error) {
    process.stderr.write(`${explainStartError(error, config)}\n`);
    process.exit(1);
  }
}

/** @returns the port, which the system chooses if `port` is 0 */
export async function listen(app: NestFastifyApplication, { host, port }: Address): Promise<number> {
  await app.listen({ host, port, backlog: BACKLOG });
  return (app.getHttpServer().address() as AddressInfo).port;
}

/**
 * While the app starts, there is nothing to finish. In a container it is process 1, which no signal ends by default.
 */
function exitAtOnce(): void {
  process.exit(0);
}

function exitWithin(milliseconds: number): void {
  setTimeout(() => {
    process.stderr.write(`Not stopped after ${milliseconds} ms: exiting with connections open\n`);
    process.exit(1);
  }, milliseconds).unref();
}
