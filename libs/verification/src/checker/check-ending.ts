import { type Finding, type Arrival } from './arrival.js';
import { type Entitlement } from './entitlement.js';
import { describeChange } from './heard-change.js';
import { type Ledger } from './ledger.js';
import { type Missing } from './missing.js';
import { type OrderFacts } from './order-facts.js';
import { type ClientLog } from './run.js';
import { type Segment } from './segments.js';

interface Ending {
  segment: Segment;
  arrival: Arrival;
  entitlement: Entitlement;
  ledger: Ledger;
  facts: ReadonlyMap<string, OrderFacts>;
  /** What is already known to be missing. It is not reported again. */
  missing: readonly Missing[];
}

/** Finds orders whose last change a client did not get, although it was connected at the end. */
export function* checkEnding(ending: Ending): Generator<Finding> {
  for (const facts of ending.facts.values()) {
    const { orderId } = facts;
    if (!ending.entitlement.includes(orderId) || ending.missing.some((missing) => missing.orderId === orderId))
      continue;
    const detail = unheardEnd(facts, ending);
    if (detail !== undefined) yield { kind: 'lost', orderId, detail };
  }
}

function unheardEnd(facts: OrderFacts, { segment, arrival, entitlement, ledger }: Ending): string | undefined {
  const { orderId, stored } = facts;
  if (!stored && !isDeleted(facts, ledger)) return undefined;
  if (stored?.revision === 1 && entitlement.events('created').length === 0) return undefined;
  const end = stored ? `revision ${stored.revision}` : 'its deletion';
  const heard = [...(arrival.revisions.get(orderId)?.values() ?? [])];
  const reached = heard.some(({ revision, type }) => (stored ? revision >= stored.revision : type === 'deleted'));
  const last = heard.reduce((a, b) => (b.revision > (a?.revision ?? 0) ? b : a), heard[0]);
  // A snapshot is no substitute: after one change of an order, the client had to get all later ones.
  if (last) return reached ? undefined : `${describeChange(last)} was heard, but never ${end}`;
  const covered = segment.snapshots.some((orders) => {
    const fetched = orders.find((order) => order.orderId === orderId);
    return stored ? fetched && fetched.revision >= stored.revision : !fetched;
  });
  return covered ? undefined : `${end} was neither heard nor fetched since the last break`;
}

const isDeleted = ({ orderId, deletion, acknowledged }: OrderFacts, ledger: Ledger): boolean =>
  deletion !== 'failed' && (acknowledged || ledger.last(orderId) !== undefined);

/** Compares the orders that a client believes in at the end with the store. */
export function* checkState(
  state: NonNullable<ClientLog['state']>,
  { entitlement, facts }: Pick<Ending, 'entitlement' | 'facts'>,
): Generator<Finding> {
  const believed = new Map(Object.entries(state));
  for (const { orderId, stored } of facts.values()) {
    if (!stored || !entitlement.includes(orderId)) continue;
    const revision = believed.get(orderId);
    const untold = revision === undefined && stored.revision === 1 && entitlement.events('created').length === 0;
    if (revision === stored.revision || untold) continue;
    const belief = revision === undefined ? 'no such order' : `revision ${revision}`;
    yield { kind: 'state', orderId, detail: `believes in ${belief}; the store is at revision ${stored.revision}` };
  }
  for (const [orderId, revision] of believed) {
    if (facts.get(orderId)?.stored && entitlement.includes(orderId)) continue;
    yield {
      kind: 'state',
      orderId,
      detail: `believes in revision ${revision}, but the store has no such order for it`,
    };
  }
}

/** Compares the orders that a client believes to be open at the end with the store. */
export function* checkOpen(
  { open, state = {} }: Pick<ClientLog, 'open' | 'state'>,
  { entitlement, facts }: Pick<Ending, 'entitlement' | 'facts'>,
): Generator<Finding> {
  const believed = new Set(open);
  for (const { orderId, stored } of facts.values()) {
    // Another revision than that of the store is reported by itself.
    if (!stored || !entitlement.includes(orderId) || state[orderId] !== stored.revision) continue;
    const isOpen = stored.closedAt === undefined;
    if (believed.has(orderId) === isOpen) continue;
    const belief = isOpen ? 'closed, but it is open' : 'open, but it is closed';
    yield { kind: 'state', orderId, detail: `believes that revision ${stored.revision} is ${belief} in the store` };
  }
}
