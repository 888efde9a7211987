import { type ChangeType, type Order } from '@galley/contracts';
import { type Run, type Write, type WriteOutcome } from './run.js';

/** What the writers and the store say about one order, without the clients. */
export interface OrderFacts {
  orderId: string;
  /** The customer, if the answer to the creation or the store says so. */
  owner?: string;
  /** The customers for whom it may have been created. If there are none, the order cannot exist. */
  creators: Set<string>;
  /** How many updates certainly happened, and how many may have. */
  updates: { certain: number; possible: number };
  /** Also `failed` if nobody tried. */
  deletion: WriteOutcome;
  /** Whether at least one write of the order was answered ok. */
  acknowledged: boolean;
  /** The types of the revisions, if known. */
  types: Map<number, ChangeType>;
  /** The notes of the revisions whose writes were answered; undefined of a revision without one. */
  notes: Map<number, string | undefined>;
  /** The revisions that changes to what the order already was have made, each after the revision that they asked for. */
  needless: { at: number; revision: number }[];
  /** Revisions with which more than one update was answered. */
  undone: number[];
  /** The order in the store, if it was not deleted. */
  stored?: Order;
}

/** Collects the facts about every order that a writer tried to change or that is in the store, by order id. */
export function orderFacts({ writes, store }: Pick<Run, 'writes' | 'store'>): Map<string, OrderFacts> {
  const facts = new Map<string, OrderFacts>();
  const of = (orderId: string) => {
    const known = facts.get(orderId) ?? noFacts(orderId);
    facts.set(orderId, known);
    return known;
  };
  for (const write of writes) addWrite(of(write.orderId), write);
  for (const order of store.orders) {
    const known = of(order.orderId);
    known.stored = order;
    known.owner ??= order.customerId;
  }
  for (const [orderId, entries] of Object.entries(store.history ?? {})) {
    for (const { revision, type } of entries) of(orderId).types.set(revision, type);
  }
  return facts;
}

const noFacts = (orderId: string): OrderFacts => ({
  orderId,
  creators: new Set(),
  updates: { certain: 0, possible: 0 },
  deletion: 'failed',
  acknowledged: false,
  types: new Map(),
  notes: new Map(),
  needless: [],
  undone: [],
});

function addWrite(facts: OrderFacts, write: Write): void {
  if (write.outcome === 'failed') return;
  const ok = write.outcome === 'ok';
  switch (write.type) {
    case 'created':
      facts.creators.add(write.customerId);
      if (ok) facts.owner = write.customerId;
      break;
    case 'updated':
      facts.updates.possible++;
      if (ok) facts.updates.certain++;
      if (write.revision !== undefined && facts.types.has(write.revision)) facts.undone.push(write.revision);
      break;
    case 'deleted':
      if (facts.deletion !== 'ok') facts.deletion = write.outcome;
      break;
    case 'unchanged':
      addUnchanged(facts, write);
      return;
  }
  if (!ok) return;
  facts.acknowledged = true;
  if (write.revision === undefined) return;
  facts.types.set(write.revision, write.type);
  facts.notes.set(write.revision, write.note);
}

function addUnchanged(facts: OrderFacts, { outcome, at, revision }: Extract<Write, { type: 'unchanged' }>): void {
  if (outcome !== 'ok') return;
  facts.acknowledged = true;
  if (revision !== undefined && revision !== at) facts.needless.push({ at, revision });
}

/** The owner; undefined if it may be one of several customers. Then none of them must get the order's changes. */
export function ownerOf({ owner, creators }: OrderFacts): string | undefined {
  const [only, another] = creators;
  return owner ?? (another === undefined ? only : undefined);
}

/** Whether this customer may be the owner. */
export const mayOwn = ({ owner, creators }: OrderFacts, customerId: string): boolean =>
  owner === undefined ? creators.has(customerId) : owner === customerId;
