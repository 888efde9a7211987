import { checkClient } from './check-client.js';
import { checkCloses } from './check-closes.js';
import { checkContents } from './check-contents.js';
import { checkStored } from './check-store.js';
import { Ledger } from './ledger.js';
import { orderFacts } from './order-facts.js';
import { VIOLATION_KINDS, type Report, type Violation, type ViolationKind } from './report.js';
import { type ClientLog, type Run } from './run.js';
import { segmentsOf } from './segments.js';

/**
 * Checks that a run kept the promises of Galley. Every client that may see a change gets it, in order and exactly once, or
 * gets an explicit break of continuity. In the end every client agrees with the store.
 * @throws TypeError if a logged position has not the form of ours
 */
export function checkRun(run: Run): Report {
  const violations: Violation[] = [];
  const addViolations = (found: Iterable<Violation>) => {
    for (const violation of found) violations.push(violation);
  };
  const facts = orderFacts(run);
  const ledger = new Ledger();
  const logs = run.clients.map((log) => ({ log, segments: segmentsOf(log) }));
  for (const { log, segments } of logs) {
    for (const { changes } of segments) for (const change of changes) addViolations(ledger.add(log.client, change));
  }
  for (const order of facts.values()) addViolations(checkStored(order, ledger));
  addViolations(checkContents(run));
  addViolations(checkCloses(run));

  let changesDelivered = 0;
  for (const { log, segments } of logs) {
    const { findings, delivered } = checkClient(log, segments, facts, ledger);
    addViolations(findings.map(({ kind, ...found }) => ({ kind, client: log.client, ...found })));
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

/** Counts resyncs. The first `ready` is none, because there is nothing to continue. */
function resyncsOf({ records }: ClientLog): number {
  const first = records.findIndex(({ kind }) => kind === 'ready');
  return records.filter(
    (record, i) => record.kind === 'resync' || (record.kind === 'ready' && !record.recovered && i > first),
  ).length;
}

function countByKind(violations: readonly Violation[]): Record<ViolationKind, number> {
  const counts = Object.fromEntries(VIOLATION_KINDS.map((kind) => [kind, 0])) as Record<ViolationKind, number>;
  for (const { kind } of violations) counts[kind]++;
  return counts;
}
