import { distance } from '@galley/contracts';
import { type Entitlement } from './entitlement.js';
import { contradiction } from './contradiction.js';
import { describeChange, type HeardChange } from './heard-change.js';
import { type Ledger } from './ledger.js';
import { type OrderFacts } from './order-facts.js';
import { type ViolationKind } from './report.js';

/** A violation of one client, which the caller names. `orderId` is absent if the finding is about the whole feed. */
export interface Finding {
  kind: ViolationKind;
  orderId?: string;
  detail: string;
}

/** One change with all its events that arrived, in the order of arrival. */
export interface Delivery {
  change: HeardChange;
  events: HeardChange['event'][];
}

interface Known {
  entitlement: Entitlement;
  facts: ReadonlyMap<string, OrderFacts>;
  ledger: Ledger;
}

/** Checks the events of one segment, in the order of arrival, each against the events before it. */
export class Arrival {
  /** Deliveries by position, order and revision, in the order of arrival. */
  readonly deliveries = new Map<string, Delivery>();
  /** The revisions of each order, each with the change in which it came. */
  readonly revisions = new Map<string, Map<number, HeardChange>>();
  readonly #newest = new Map<string, HeardChange>();
  #last: HeardChange | undefined;

  constructor(private readonly known: Known) {}

  *add(change: HeardChange): Generator<Finding> {
    const { epoch, seq, orderId, revision, event } = change;
    const key = `${epoch}:${seq} ${orderId} ${revision}`;
    const delivery = this.deliveries.get(key);
    if (delivery?.events.includes(event)) {
      yield finding('repeated', change, 'heard again');
      return;
    }
    yield* this.#checkOrder(change, delivery);
    if (delivery) {
      delivery.events.push(event);
      return;
    }
    yield* this.#checkChange(change);
    this.deliveries.set(key, { change, events: [event] });
    const revisions = this.revisions.get(orderId) ?? new Map<number, HeardChange>();
    this.revisions.set(orderId, revisions.set(revision, revisions.get(revision) ?? change));
    if (revision > (this.#newest.get(orderId)?.revision ?? 0)) this.#newest.set(orderId, change);
    if ((distance(this.#last, change) ?? 1) > 0) this.#last = change;
  }

  *#checkOrder(change: HeardChange, delivery: Delivery | undefined): Generator<Finding> {
    const last = this.#last;
    const ahead = distance(last, change);
    if (!last || ahead === undefined) return;
    const events = this.known.entitlement.events(change.type);
    const inTurn = delivery ? change.event === events.at(delivery.events.length) : ahead > 0;
    if (!inTurn || ahead < 0) yield finding('reordered', change, `heard after ${describeChange(last)}`);
  }

  *#checkChange(change: HeardChange): Generator<Finding> {
    const { entitlement, facts, ledger } = this.known;
    const { orderId, revision } = change;
    if (!entitlement.allows(orderId) || !entitlement.events(change.type).includes(change.event)) {
      yield finding('invented', change, 'not what this client follows or may see');
    }
    const reason = contradiction(facts.get(orderId), change);
    if (reason !== undefined) yield finding('invented', change, reason);

    const newest = this.#newest.get(orderId);
    const before = this.revisions.get(orderId)?.get(revision);
    if (before) {
      yield finding('repeated', change, `heard before as ${describeChange(before)}`);
      return;
    }
    if (newest && newest.revision > revision && newest.seq < change.seq) {
      yield finding('reordered', change, `heard after ${describeChange(newest)}`);
    }
    const deletion = newest?.type === 'deleted' ? newest : ledger.deletion(orderId);
    if (deletion && (deletion === newest || revision > deletion.revision)) {
      yield finding('resurrected', change, `after ${describeChange(deletion)}`);
    }
  }
}

export const finding = (kind: ViolationKind, change: HeardChange, why: string): Finding => ({
  kind,
  orderId: change.orderId,
  detail: `${describeChange(change)}: ${why}`,
});
