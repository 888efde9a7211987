import fc from 'fast-check';
import { ORDER_STATUSES, type ChangeType, type HistoryEntry, type Order } from '@galley/contracts';
import { type Run, type Write } from '../src/checker/run.js';
import { ModelClient, type ModelChange } from './model-client.js';

/** `stored` and `missed` are both not answered. Only the model knows which of them happened. */
type Outcome = 'ok' | 'failed' | 'stored' | 'missed';

interface Step {
  what:
    | 'create'
    | 'update'
    | 'close'
    | 'same'
    | 'delete'
    | 'publish'
    | 'connect'
    | 'disconnect'
    | 'fetch'
    | 'skip'
    | 'epoch';
  order: number;
  client: number;
  outcome: Outcome;
  customerId: 'ana' | 'bob';
  chance: boolean;
}

const step: fc.Arbitrary<Step> = fc.record({
  what: fc.oneof(
    { weight: 4, arbitrary: fc.constant('create' as const) },
    { weight: 9, arbitrary: fc.constant('update' as const) },
    { weight: 3, arbitrary: fc.constant('close' as const) },
    { weight: 1, arbitrary: fc.constant('same' as const) },
    { weight: 2, arbitrary: fc.constant('delete' as const) },
    { weight: 6, arbitrary: fc.constant('publish' as const) },
    { weight: 4, arbitrary: fc.constant('connect' as const) },
    { weight: 2, arbitrary: fc.constantFrom('disconnect' as const, 'fetch' as const) },
    { weight: 1, arbitrary: fc.constantFrom('skip' as const, 'epoch' as const) },
  ),
  order: fc.nat(4),
  client: fc.nat(4),
  outcome: fc.oneof(
    { weight: 5, arbitrary: fc.constant('ok' as const) },
    { weight: 2, arbitrary: fc.constantFrom('failed' as const, 'stored' as const, 'missed' as const) },
  ),
  customerId: fc.constantFrom('ana', 'bob'),
  chance: fc.boolean(),
});

/** Random runs that kept every promise. */
export const correctRun: fc.Arbitrary<Run> = fc
  .record({
    steps: fc.array(step, { minLength: 20, maxLength: 80, size: 'max' }),
    staysAway: fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }),
    withHistory: fc.boolean(),
  })
  .map(({ steps, staysAway, withHistory }) => {
    const model = new Model();
    for (const each of steps) model.takeStep(each);
    return model.finish(staysAway, withHistory);
  });

/** A perfect store, feed and gateways. */
class Model {
  readonly #writes: Write[] = [];
  readonly #orders = new Map<string, Order>();
  readonly #histories = new Map<string, Pick<HistoryEntry, 'type' | 'revision'>[]>();
  readonly #placedBy = new Map<string, string>();
  /** Changes that are committed and not published yet. */
  #outbox: ModelChange[] = [];
  #feed: ModelChange[] = [];
  #epoch = 1;
  readonly #clients = [
    new ModelClient('board', 'all', 'expected'),
    new ModelClient('wall', 'all', 'forbidden'),
    new ModelClient('ana', 'all', 'forbidden', 'ana'),
    new ModelClient('tracker', ['o0', 'o1'], 'forbidden'),
    new ModelClient('bob', ['o0', 'o2'], 'forbidden', 'bob'),
  ];

  takeStep({ what, order, client: index, outcome, customerId, chance }: Step): void {
    const client = this.#clients[index];
    const orderId = `o${order}`;
    switch (what) {
      case 'create':
        this.#create(orderId, customerId, outcome);
        break;
      case 'update':
        this.#change(orderId, 'updated', outcome, chance);
        break;
      case 'close':
        this.#close(orderId, outcome, chance);
        break;
      case 'same':
        this.#changeNothing(orderId, outcome);
        break;
      case 'delete':
        this.#change(orderId, 'deleted', outcome, false);
        break;
      case 'publish':
        this.#publish(chance ? this.#outbox.length : 1);
        break;
      case 'connect':
        client?.connect(this.#epochName, this.#feed, chance);
        break;
      case 'disconnect':
        client?.disconnect();
        break;
      case 'fetch':
        client?.fetch([...this.#orders.values()]);
        break;
      case 'skip':
        client?.skip(this.#epochName, this.#feed);
        break;
      case 'epoch':
        this.#loseFeed(order);
        break;
    }
  }

  /** Publishes the remaining changes. Then every client is either away or up to date. */
  finish(staysAway: readonly boolean[], withHistory: boolean): Run {
    this.#publish(this.#outbox.length);
    const orders = [...this.#orders.values()];
    for (const [i, client] of this.#clients.entries()) {
      if (staysAway[i]) client.disconnect();
      else client.settle(this.#epochName, this.#feed, orders);
    }
    const history = Object.fromEntries([...this.#histories].filter(([orderId]) => this.#orders.has(orderId)));
    return {
      writes: this.#writes,
      store: { orders, ...(withHistory && { history }) },
      clients: this.#clients.map((client) => client.log()),
    };
  }

  get #epochName(): string {
    return `e${this.#epoch}`;
  }

  #create(orderId: string, customerId: string, outcome: Outcome): void {
    const taken = this.#placedBy.get(orderId);
    const repeated = taken === customerId && outcome === 'ok';
    const happens = taken === undefined && (outcome === 'ok' || outcome === 'stored');
    if (happens) {
      this.#placedBy.set(orderId, customerId);
      this.#commit('created', anOrder(orderId, customerId));
    }
    const answer = outcome === 'ok' && !happens && !repeated ? 'failed' : answerOf(outcome);
    this.#writes.push({ type: 'created', orderId, customerId, ...answered(answer, 1) });
  }

  /** A closed order takes no change but a deletion. */
  #change(orderId: string, type: 'updated' | 'deleted', outcome: Outcome, hasNote: boolean): void {
    const current = this.#orders.get(orderId);
    const isTaken = current && (type === 'deleted' || current.closedAt === undefined);
    const happens = isTaken && (outcome === 'ok' || outcome === 'stored');
    const revision = (current?.revision ?? 0) + 1;
    const note = hasNote ? { note: `Note ${revision}` } : {};
    if (happens) {
      const status = ORDER_STATUSES[revision % ORDER_STATUSES.length] ?? current.status;
      const content = { status, quantity: current.quantity + 1, rush: revision % 2 === 0 };
      this.#commit(type, { ...current, ...content, revision }, note);
    }
    const answer = outcome === 'ok' && !happens ? 'failed' : answerOf(outcome);
    const answeredRevision = type === 'deleted' ? undefined : revision;
    this.#writes.push({ type, orderId, ...answered(answer, answeredRevision), ...note });
  }

  /** Closes an open order, and opens a closed one again. */
  #close(orderId: string, outcome: Outcome, hasNote: boolean): void {
    const current = this.#orders.get(orderId);
    const happens = current && (outcome === 'ok' || outcome === 'stored');
    const revision = (current?.revision ?? 0) + 1;
    const note = hasNote ? { note: `Note ${revision}` } : {};
    const closed = current?.closedAt === undefined;
    if (happens) {
      const next: Order = { ...current, revision };
      if (closed) next.closedAt = `2026-11-23T10:00:${String(revision % 60).padStart(2, '0')}.000Z`;
      else delete next.closedAt;
      this.#commit('updated', next, note);
    }
    const answer = outcome === 'ok' && !happens ? 'failed' : answerOf(outcome);
    this.#writes.push({ type: 'updated', orderId, closed, ...answered(answer, revision), ...note });
  }

  #changeNothing(orderId: string, outcome: Outcome): void {
    const at = this.#orders.get(orderId)?.revision;
    const answer = outcome === 'ok' && at === undefined ? 'failed' : answerOf(outcome);
    this.#writes.push({ type: 'unchanged', orderId, at: at ?? 1, ...answered(answer, at) });
  }

  #commit(type: ChangeType, order: Order, note: { note?: string } = {}): void {
    const { orderId, customerId, revision } = order;
    if (type === 'deleted') this.#orders.delete(orderId);
    else this.#orders.set(orderId, order);
    this.#histories.set(orderId, [...(this.#histories.get(orderId) ?? []), { type, revision }]);
    const actor = { role: 'staff', sub: 'sue' } as const;
    this.#outbox.push({ type, orderId, customerId, revision, order, actor, ...note });
  }

  #publish(count: number): void {
    for (const change of this.#outbox.splice(0, count)) {
      this.#feed.push(change);
      for (const client of this.#clients) client.hear(change, this.#epochName, this.#feed.length);
    }
  }

  /** The last few changes are published again in the new epoch. */
  #loseFeed(kept: number): void {
    this.#outbox.unshift(...(kept === 0 ? [] : this.#feed.slice(-kept)));
    this.#feed = [];
    this.#epoch++;
    for (const client of this.#clients) client.resync();
  }
}

const answerOf = (outcome: Outcome): Write['outcome'] =>
  outcome === 'stored' || outcome === 'missed' ? 'unknown' : outcome;

const answered = (outcome: Write['outcome'], revision?: number) => ({
  outcome,
  ...(outcome === 'ok' && revision !== undefined && { revision }),
});

const anOrder = (orderId: string, customerId: string): Order => ({
  orderId,
  customerId,
  title: 'Annual report',
  quantity: 500,
  status: 'In Production',
  dateIssued: '2026-11-23T10:00:00.000Z',
  revision: 1,
  updatedAt: '2026-11-23T10:00:00.000Z',
});
