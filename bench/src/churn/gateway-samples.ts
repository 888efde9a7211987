import { readdirSync } from 'node:fs';
import { sleep } from '../load/clock.js';
import { residentBytes } from '../load/process-usage.js';

/** What a collection takes, and then some. */
const COLLECTION_MS = 2_000;

/** What a process takes at a moment, after a collection. */
export interface GatewaySample {
  /** Seconds since the start. */
  at: number;
  heapBytes: number;
  residentBytes: number;
  /** Open files and sockets. */
  descriptors: number;
}

/** @param managementUrl of the gateway, whose metrics have its heap */
export async function sampleGateway(pid: number, managementUrl: string, at: number): Promise<GatewaySample> {
  process.kill(pid, 'SIGUSR2'); // collects its garbage
  await sleep(COLLECTION_MS);
  const metrics = await (await fetch(`${managementUrl}/metrics`)).text();
  const [, heap] = /^nodejs_heap_size_used_bytes(?:\{[^}]*\})? (\S+)$/m.exec(metrics) ?? [];
  return {
    ...{ at, heapBytes: Number(heap), residentBytes: residentBytes(pid) },
    descriptors: readdirSync(`/proc/${pid}/fd`).length,
  };
}
