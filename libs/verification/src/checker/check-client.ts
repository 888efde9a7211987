import { Arrival, type Finding } from './arrival.js';
import { Entitlement } from './entitlement.js';
import { checkEnding, checkOpen, checkState } from './check-ending.js';
import { checkStaffPart } from './check-staff-part.js';
import { type Ledger } from './ledger.js';
import { missingIn } from './missing.js';
import { type OrderFacts } from './order-facts.js';
import { type ClientLog } from './run.js';
import { type Segment } from './segments.js';

export interface ClientFindings {
  findings: Finding[];
  /** How many changes the client got. Each counts once per segment. */
  delivered: number;
}

/** Checks that one client got what it was promised. */
export function checkClient(
  log: ClientLog,
  segments: readonly Segment[],
  facts: ReadonlyMap<string, OrderFacts>,
  ledger: Ledger,
): ClientFindings {
  const entitlement = new Entitlement(log, facts);
  const findings: Finding[] = [...checkStaffPart(log, facts)];
  let delivered = 0;
  for (const segment of segments) {
    const arrival = new Arrival({ entitlement, facts, ledger });
    for (const change of segment.changes) for (const found of arrival.add(change)) findings.push(found);
    const missing = missingIn({ segment, arrival, entitlement, ledger });
    for (const { orderId, detail } of missing) findings.push({ kind: 'lost', ...(orderId && { orderId }), detail });
    if (segment.open) {
      const ending = checkEnding({ segment, arrival, entitlement, ledger, facts, missing });
      for (const found of ending) findings.push(found);
    }
    delivered += arrival.deliveries.size;
  }
  if (segments.at(-1)?.open) {
    if (log.state) findings.push(...checkState(log.state, { entitlement, facts }));
    if (log.open) findings.push(...checkOpen(log, { entitlement, facts }));
  }
  return { findings, delivered };
}
