import { type HeardChange, describeChange } from './heard-change.js';
import { type Violation } from './report.js';

/** What all clients heard together. The checker cannot see the feed, so it compares each client with the others. */
export class Ledger {
  readonly #epochs = new Map<string, Map<number, HeardChange>>();
  readonly #sorted = new Map<string, { all: HeardChange[]; ofOrder: Map<string, HeardChange[]> }>();
  readonly #seqs = new Map<string, HeardChange>();
  readonly #last = new Map<string, HeardChange>();
  readonly #deletions = new Map<string, HeardChange>();

  /** Adds a change that a client heard, and reports where it contradicts the changes so far. */
  *add(client: string, change: HeardChange): Generator<Violation> {
    const { epoch, seq, orderId, revision } = change;
    const epochChanges = this.#epochs.get(epoch) ?? new Map<number, HeardChange>();
    this.#epochs.set(epoch, epochChanges);
    const there = epochChanges.get(seq);
    if (!there) {
      epochChanges.set(seq, change);
    } else if (there.orderId !== orderId || there.revision !== revision || there.type !== change.type) {
      const detail = `heard ${describeChange(change)} where ${describeChange(there)} was heard before`;
      yield { kind: 'reordered', client, orderId, detail };
    }
    const key = `${epoch} ${orderId} ${revision}`;
    const same = this.#seqs.get(key) ?? change;
    this.#seqs.set(key, same);
    if (same.seq !== seq) {
      const detail = `${describeChange(change)} is also in the feed at ${epoch}:${same.seq}`;
      yield { kind: 'repeated', client, orderId, detail };
    }
    if (revision > (this.#last.get(orderId)?.revision ?? 0)) this.#last.set(orderId, change);
    if (change.type === 'deleted' && !this.#deletions.has(orderId)) this.#deletions.set(orderId, change);
  }

  /**
   * The changes of an epoch by position. Call this after all changes were added.
   * @param orderIds only the changes of these orders; undefined for all
   */
  inOrder(epoch: string, orderIds?: ReadonlySet<string>): readonly HeardChange[] {
    const { all, ofOrder } = this.#sortedBySeq(epoch);
    if (!orderIds) return all;
    return [...orderIds].flatMap((orderId) => ofOrder.get(orderId) ?? []).sort(bySeq);
  }

  #sortedBySeq(epoch: string): { all: HeardChange[]; ofOrder: Map<string, HeardChange[]> } {
    const known = this.#sorted.get(epoch);
    if (known) return known;
    const all = [...(this.#epochs.get(epoch)?.values() ?? [])].sort(bySeq);
    const ofOrder = new Map<string, HeardChange[]>();
    for (const change of all) {
      const others = ofOrder.get(change.orderId);
      if (others) others.push(change);
      else ofOrder.set(change.orderId, [change]);
    }
    const sorted = { all, ofOrder };
    this.#sorted.set(epoch, sorted);
    return sorted;
  }

  /** The change with the highest revision that any client heard of. */
  last(orderId: string): HeardChange | undefined {
    return this.#last.get(orderId);
  }

  deletion(orderId: string): HeardChange | undefined {
    return this.#deletions.get(orderId);
  }

  orderIds(): Iterable<string> {
    return this.#last.keys();
  }
}

const bySeq = (a: HeardChange, b: HeardChange) => a.seq - b.seq;
