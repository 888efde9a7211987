import { type ChangeType, type Order } from '@galley/contracts';
import { type Run, type Write, type WriteOutcome } from './run.js';

/** What the writers and the store say of one order, whatever the clients have heard. */
export interface OrderFacts {
  orderId: string;
  /** Whose it is, where the answer to its creation or the store tells. */
  owner?: string;
  /** For whom it may have been created; nobody: it cannot exist. */
  creators: Set<string>;
  /** How often it was updated at least, and at most. */
  updates: { certain: number; possible: number };
  /** `failed` also where nobody tried. */
  deletion: WriteOutcome;
  /** Whether some write of it was answered ok. */
  acknowledged: boolean;
  /** The type of each revision of which that is known. */
  types: Map<number, ChangeType>;
  /** Updates that were answered with a revision that another update was answered with before. */
  undone: number[];
  /** The living order. */
  stored?: Order;
}

/** By order id, every order that a writer tried to change or that is in the store. */
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
  }
  if (!ok) return;
  facts.acknowledged = true;
  if (write.revision !== undefined) facts.types.set(write.revision, write.type);
}

/** Whose order it is; undefined where nobody knows which of several customers created it, so that none must hear of it. */
export function ownerOf({ owner, creators }: OrderFacts): string | undefined {
  const [only, another] = creators;
  return owner ?? (another === undefined ? only : undefined);
}

/** Whether nothing speaks against the order being this customer's. */
export const mayOwn = ({ owner, creators }: OrderFacts, customerId: string): boolean =>
  owner === undefined ? creators.has(customerId) : owner === customerId;
