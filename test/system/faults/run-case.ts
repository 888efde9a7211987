import { checkRun, Workload, type Counts, type Transports } from '@galley/verification';
import { waitFor } from '@galley/testing';
import { type Effort } from './effort.js';
import { type FaultCase } from './fault-case.js';
import { type FaultCluster } from './fault-cluster.js';

/** Clients of Socket.IO, and of `GET /changes`. */
const CLIENTS = 15;
const STREAMS = 5;
const ORDERS = 30;
const WRITERS = 8;
const WRITES_PER_SECOND = 80;
const WRITES_BEFORE = 100;
const WRITES_AFTER = 60;

/** How long clients may be told that the feed is not live, after they have everything. */
const TOLD_LIVE_WITHIN_MS = 5_000;

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
  { seed, faultMs, healWithinMs: healsWithinMs }: Effort,
): Promise<CaseResult> {
  const healWithinMs = Math.min(healsWithinMs, fault.healWithinMs ?? Infinity);
  const problems: string[] = [];
  await cluster.isReady();
  const workload = new Workload({
    ...{ apiUrls: cluster.apiUrls, gatewayUrls: cluster.gatewayUrls, transports: fault.transports ?? ALL_TRANSPORTS },
    ...{ clients: CLIENTS, streams: STREAMS, orders: fault.orders ?? ORDERS, concurrency: WRITERS },
    ...{ seed, settleWithinMs: healWithinMs },
  });
  cluster.random = workload.random;
  try {
    await workload.connect();
    await workload.writers.run(WRITES_BEFORE, WRITES_PER_SECOND);
    const stopWriting = fault.isQuiet ? undefined : startWriting(workload);
    await fault.inflict({ cluster, workload, faultMs, problems });
    const endedAt = performance.now();
    await stopWriting?.();
    const isHealed = await workload.settled();
    const healedInMs = performance.now() - endedAt;
    if (isHealed && !fault.isQuiet) await workload.writers.run(WRITES_AFTER, WRITES_PER_SECOND);
    const { isSettled, ...run } = isHealed
      ? await workload.finish()
      : { ...(await workload.record()), isSettled: false };
    const { violations, counts } = checkRun(run);
    problems.push(...violations.slice(0, 5).map(({ kind, client, detail }) => `${kind} ${client ?? ''}: ${detail}`));
    if (!isHealed) problems.push(`not every client had everything within ${healWithinMs} ms`);
    else if (!isSettled) problems.push(`not every client had the writes after the fault within ${healWithinMs} ms`);
    else if (!(await isToldLive(workload))) problems.push('not every client is told that the feed is live again');
    if (!areExpected(counts.resyncs, fault.resyncs, workload.clients.length))
      problems.push(`${counts.resyncs} resyncs`);
    const reconnects = workload.clients.reduce((sum, { connectedAt }) => sum + connectedAt.length - 1, 0);
    if (fault.keepsConnections && reconnects > 0) problems.push(`${reconnects} reconnects`);
    return { counts, problems, ...(isHealed && { healedInMs }) };
  } finally {
    workload.close();
    cluster.heal();
  }
}

const areExpected = (resyncs: number, expected: FaultCase['resyncs'], clients: number): boolean =>
  ({ none: resyncs === 0, expected: resyncs > 0, once: resyncs === clients })[expected];

/** Waits until the gateways have said so. @returns false if that takes too long */
const isToldLive = ({ clients }: Workload): Promise<boolean> =>
  waitFor(() => clients.every(({ isFeedLive }) => isFeedLive), 'a live feed', TOLD_LIVE_WITHIN_MS).catch(() => false);

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
