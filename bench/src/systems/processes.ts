import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { availableParallelism } from 'node:os';

/** The gateway has the first core for itself, all else the second, where there are two and they can be chosen. */
const CORES = { gateway: '0', load: '1', any: undefined } as const;
export type Core = keyof typeof CORES;

/** Set for processes that have been pinned: what they start can be, too, although they see only one core themselves. */
const PINNED = 'BENCH_PINNED';
const canPin = process.env[PINNED] !== undefined || (availableParallelism() >= 2 && has('taskset'));

/** The processes that are running. None may outlive this one, however it ends. */
const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1));

export interface RunningProcess {
  pid: number;
  child: ChildProcess;
  stop(): Promise<void>;
}

/** Starts a program on a core. What it says on stderr is shown. */
export function run(core: Core, program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): RunningProcess {
  const cpu = canPin ? CORES[core] : undefined;
  const pinned = cpu === undefined ? [] : ['-c', cpu, program];
  const isNode = program === process.execPath;
  const child = spawn(cpu === undefined ? program : 'taskset', [...pinned, ...args], {
    // With metrics, as they run elsewhere, unless `MANAGEMENT_PORT=off` is to show what these cost.
    env: { MANAGEMENT_PORT: '0', ...process.env, ...(canPin && { [PINNED]: '' }), ...env },
    stdio: ['ignore', 'ignore', 'inherit', ...(isNode ? (['ipc'] as const) : [])],
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  return {
    pid: child.pid ?? 0,
    child,
    stop: async () => {
      if (!running.has(child)) return;
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}

export const runNode = (core: Core, file: string, env: NodeJS.ProcessEnv = {}): RunningProcess =>
  run(core, process.execPath, ['--expose-gc', '--import', './bench/dist/systems/collect-garbage.js', file], env);

/** @throws after 20 s */
export async function untilReady(url: string): Promise<void> {
  for (let i = 0; i < 400; i++) {
    const ready = await fetch(`${url}/health/ready`).then(
      (response) => response.ok,
      () => false,
    );
    if (ready) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${url} does not become ready`);
}

/** The systems listen on all addresses of this machine, because the load spreads its clients over several. */
export const LISTENS_ON = '0.0.0.0';

/** A TCP port of 127.0.0.1 that nobody listens on. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

/** @param args make the program say its version, and end */
export function has(program: string, args: readonly string[] = ['--version']): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
