import { checkRun, Workload, type Counts, type Transports } from '@galley/verification';
import { type Effort } from './effort.js';
import { type FaultCase } from './fault-case.js';
import { type FaultCluster } from './fault-cluster.js';

const CLIENTS = 15;
const ORDERS = 30;
const WRITERS = 8;
const WRITES_PER_SECOND = 80;
const WRITES_BEFORE = 100;
const WRITES_AFTER = 60;

const ALL_TRANSPORTS: readonly Transports[] = [['websocket'], ['polling'], ['polling', 'websocket']];

export interface CaseResult {
  counts: Counts;
  /** From the end of the fault until every client had everything; absent if that took too long. */
  healedInMs?: number;
  /** What broke the promise, in words; empty if the promise was kept. */
  problems: string[];
}

/** Runs a case: writes before, during and after the fault, and checks what every client has heard. */
export async function runCase(
  fault: FaultCase,
  cluster: FaultCluster,
  { seed, faultMs, healWithinMs }: Effort,
): Promise<CaseResult> {
  await cluster.isReady();
  const workload = new Workload({
    ...{ apiUrls: cluster.apiUrls, gatewayUrls: cluster.gatewayUrls, transports: fault.transports ?? ALL_TRANSPORTS },
    ...{ clients: CLIENTS, orders: fault.orders ?? ORDERS, concurrency: WRITERS, seed, settleWithinMs: healWithinMs },
  });
  cluster.random = workload.random;
  try {
    await workload.connect();
    await workload.writers.run(WRITES_BEFORE, WRITES_PER_SECOND);
    const stopWriting = fault.isQuiet ? undefined : startWriting(workload);
    await fault.inflict({ cluster, workload, faultMs });
    const endedAt = performance.now();
    await stopWriting?.();
    const isHealed = await workload.settled();
    const healedInMs = performance.now() - endedAt;
    if (isHealed && !fault.isQuiet) {
      await workload.writers.run(WRITES_AFTER, WRITES_PER_SECOND);
      await workload.settled();
    }
    const { violations, counts } = checkRun(await workload.record());
    const problems = violations.slice(0, 5).map(({ kind, client, detail }) => `${kind} ${client ?? ''}: ${detail}`);
    if (!isHealed) problems.push(`not every client had everything within ${healWithinMs} ms`);
    if (counts.resyncs > 0 !== (fault.resyncs === 'expected')) problems.push(`${counts.resyncs} resyncs`);
    return { counts, problems, ...(isHealed && { healedInMs }) };
  } finally {
    workload.close();
    cluster.heal();
  }
}

/** @returns a function that ends the writing and waits for its answers */
function startWriting({ writers }: Workload): () => Promise<void> {
  const state = { isOver: false };
  const writing = (async () => {
    while (!state.isOver) await writers.run(WRITERS, WRITES_PER_SECOND);
  })();
  return async () => {
    state.isOver = true;
    await writing;
  };
}
