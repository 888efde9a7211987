import { readdirSync, readFileSync } from 'node:fs';
import { sleep } from './clock.js';

const PAGE = 4_096;

/** Seconds of CPU that the threads of a process have used so far, user and system, to the nanosecond. */
export function cpuSeconds(pid: number): number {
  let nanoseconds = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    nanoseconds += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1').split(' ')[0]);
  }
  return nanoseconds / 1e9;
}

/** Bytes of a process that are in memory. */
export const residentBytes = (pid: number): number =>
  Number(readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ')[1]) * PAGE;

const WINDOW_MS = 300;
/** The share of a core below which a process is idle. */
const IDLE_SHARE = 0.05;

/** Resolves once a process has done next to nothing for a while, so that what came before costs nothing afterwards. */
export async function untilIdle(pid: number): Promise<void> {
  let before = cpuSeconds(pid);
  for (let idle = 0; idle < 2;) {
    await sleep(WINDOW_MS);
    const after = cpuSeconds(pid);
    idle = after - before < (IDLE_SHARE * WINDOW_MS) / 1_000 ? idle + 1 : 0;
    before = after;
  }
}
