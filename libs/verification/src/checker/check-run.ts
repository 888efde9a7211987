import { checkClient } from './check-client.js';
import { checkContents } from './check-contents.js';
import { checkStored } from './check-store.js';
import { Ledger } from './ledger.js';
import { orderFacts } from './order-facts.js';
import { VIOLATION_KINDS, type Report, type Violation, type ViolationKind } from './report.js';
import { type ClientLog, type Run } from './run.js';
import { segmentsOf } from './segments.js';

/**
 * Holds a run to what Galley promises: every change, in order, exactly once, to every client that may see it, or an
 * explicit break of continuity; and in the end everybody agrees with the store.
 * @throws TypeError where a logged position is not `<epoch>:<seq>`.
 */
export function checkRun(run: Run): Report {
  const violations: Violation[] = [];
  const take = (found: Iterable<Violation>) => {
    for (const violation of found) violations.push(violation);
  };
  const facts = orderFacts(run);
  const ledger = new Ledger();
  const logs = run.clients.map((log) => ({ log, segments: segmentsOf(log) }));
  for (const { log, segments } of logs) {
    for (const { changes } of segments) for (const change of changes) take(ledger.add(log.client, change));
  }
  for (const order of facts.values()) take(checkStored(order, ledger));
  take(checkContents(run));

  let changesDelivered = 0;
  for (const { log, segments } of logs) {
    const { findings, delivered } = checkClient(log, segments, facts, ledger);
    take(findings.map(({ kind, ...found }) => ({ kind, client: log.client, ...found })));
    changesDelivered += delivered;
  }
  const counts = {
    writes: run.writes.length,
    unknown: run.writes.filter(({ outcome }) => outcome === 'unknown').length,
    changesDelivered,
    resyncs: run.clients.reduce((sum, log) => sum + resyncsOf(log), 0),
    ...countByKind(violations),
  };
  return { violations, counts };
}

/** The first `ready` has nothing to continue, so it is none. */
function resyncsOf({ entries }: ClientLog): number {
  const first = entries.findIndex(({ kind }) => kind === 'ready');
  return entries.filter(
    (entry, i) => entry.kind === 'resync' || (entry.kind === 'ready' && !entry.recovered && i > first),
  ).length;
}

function countByKind(violations: readonly Violation[]): Record<ViolationKind, number> {
  const counts = Object.fromEntries(VIOLATION_KINDS.map((kind) => [kind, 0])) as Record<ViolationKind, number>;
  for (const { kind } of violations) counts[kind]++;
  return counts;
}
