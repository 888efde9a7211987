import { now } from './clock.js';
import { cpuSeconds } from './process-usage.js';

type Part = 'gateway' | 'api' | 'redis';

/** What a measured stretch took. */
export interface Usage {
  seconds: number;
  /** Seconds of CPU, user and system. */
  cpu: Partial<Record<Part | 'load', number>>;
}

/** Begins a stretch. @returns ends it */
export function measureUsage({ gateway, api, redis }: Partial<Record<Part, { pid: number }>>): () => Usage {
  const processes = Object.entries({ gateway, api, redis, load: process }).flatMap(([name, running]) =>
    running ? [[name, running.pid] as const] : [],
  );
  const started = now();
  const before = processes.map(([, pid]) => cpuSeconds(pid));
  return () => ({
    seconds: (now() - started) / 1_000_000,
    cpu: Object.fromEntries(processes.map(([name, pid], i) => [name, cpuSeconds(pid) - (before[i] ?? 0)])),
  });
}

export function describeUsage({ seconds, cpu }: Usage): string {
  const shares = Object.entries(cpu).map(([name, used]) => `${name} ${Math.round((100 * used) / seconds)} %`);
  return `${seconds.toFixed(1)} s, ${shares.join(', ')} of a core`;
}
