import { type BatchOperationInput, type Order } from '@galley/contracts';
import { TrackerError } from '../src/sync/tracker-error.js';
import { type WriteTransport } from '../src/writes/sender.js';
import { type WriteRequest } from '../src/writes/write-request.js';
import { anOrder, tokenExpired, unavailable, type ServerModel } from './server-model.js';

type Answer = { order?: Order } | TrackerError;

interface Waiting {
  carryOut: () => Answer;
  answer?: Answer;
  resolve: (order: Order | undefined) => void;
  reject: (error: TrackerError) => void;
}

/** A title that the API refuses, and a note that this caller may not write. */
export const [WRONG_TITLE, FORBIDDEN_NOTE] = ['', 'not allowed'];

/**
 * The requests that write, as the orders API answers them. The test carries each out at one moment, and answers it at another,
 * or loses the request or its answer. A lost request may arrive later.
 */
export class WriteModel implements WriteTransport {
  /** The revisions that were stored for each `Idempotency-Key`. */
  readonly stored = new Map<string, number[]>();
  /** The keys of changes that have changed no field. They are stored if they have a message or a note. */
  readonly unchanged = new Set<string>();
  private readonly firstAnswers = new Map<string, { body: string; answer: { order?: Order } }>();
  private readonly waiting = new Set<Waiting>();
  private readonly late: (() => Answer)[] = [];

  constructor(private readonly server: ServerModel) {}

  readonly send = (request: WriteRequest, signal: AbortSignal) => this.ask(() => this.write(request), signal);

  readonly sendBatch = async (operations: BatchOperationInput[], signal: AbortSignal) => {
    let answers: Answer[] = [];
    await this.ask(() => {
      answers = operations.map((operation) => this.write(toRequest(operation)));
      return {};
    }, signal);
    return answers.map((answer) => (answer instanceof TrackerError ? answer : answer.order));
  };

  readonly fetchOrder = (orderId: string, signal: AbortSignal) =>
    this.ask(() => ({ order: this.server.store.get(orderId) }), signal);

  /** How many requests the client waits for. */
  get underWay(): number {
    return this.waiting.size;
  }

  get idle(): boolean {
    return this.waiting.size + this.late.length === 0;
  }

  /** Carries the first request out that was not carried out yet. */
  carryOut(): void {
    const request = [...this.waiting].find(({ answer }) => !answer);
    if (request) request.answer = this.server.isTokenExpired ? tokenExpired() : request.carryOut();
  }

  /** Answers the first request that was carried out. */
  answer(): void {
    const request = [...this.waiting].find(({ answer }) => answer);
    if (!request?.answer) return;
    this.waiting.delete(request);
    if (request.answer instanceof TrackerError) request.reject(request.answer);
    else request.resolve(request.answer.order);
  }

  /** The client gets no answer to the first request, or one that says to try again. */
  lose(why = new TrackerError('The network is away')): void {
    const [request] = this.waiting;
    if (!request) return;
    this.giveUp(request);
    request.reject(why);
  }

  /** Carries a request out for whose answer nobody waits any more. */
  arriveLate(): void {
    this.late.shift()?.();
  }

  busy(): void {
    this.lose(unavailable());
  }

  private ask(carryOut: () => Answer, signal: AbortSignal): Promise<Order | undefined> {
    return new Promise((resolve, reject) => {
      const request: Waiting = { carryOut, resolve, reject };
      this.waiting.add(request);
      signal.addEventListener('abort', () => {
        if (this.waiting.has(request)) this.giveUp(request);
        reject(new Error('aborted'));
      });
    });
  }

  private giveUp(request: Waiting): void {
    this.waiting.delete(request);
    if (!request.answer) this.late.push(request.carryOut);
  }

  private write(request: WriteRequest): Answer {
    const first = this.firstAnswers.get(request.key);
    const body = JSON.stringify(request.body);
    if (first) return first.body === body ? first.answer : refusal('idempotency_key_reused');
    const { title, note } = (request.body ?? {}) as { title?: string; note?: string };
    if (note === FORBIDDEN_NOTE) return refusal('forbidden');
    if (title === WRONG_TITLE) return refusal('invalid_request', [{ field: 'title', message: 'must not be empty' }]);
    const answer = request.method === 'POST' ? this.place(request) : this.change(request);
    if (!(answer instanceof TrackerError)) this.firstAnswers.set(request.key, { body, answer });
    return answer;
  }

  private place({ body, key }: WriteRequest): Answer {
    const { orderId, customerId, title, quantity } = body as Order;
    if (this.server.isTaken(orderId)) return refusal('order_exists');
    return this.commit(key, orderId, { ...anOrder(orderId), customerId, title, quantity });
  }

  private change({ method, path, revision, body = {}, key }: WriteRequest): Answer {
    const orderId = path.replace('/orders/', '');
    const order = this.server.store.get(orderId);
    if (!order) return refusal('order_not_found');
    if (order.revision !== revision) return refusal('precondition_failed');
    if (method === 'DELETE') return this.commit(key, orderId);
    const { closed = order.closedAt !== undefined, message, note, ...fields } = body as Record<string, unknown>;
    const closedAt = closed ? (order.closedAt ?? this.server.now()) : undefined;
    const next = withoutNulls({ ...order, ...fields, closedAt });
    const isSame = JSON.stringify(next) === JSON.stringify(withoutNulls(order));
    if (isSame) this.unchanged.add(key);
    if (isSame && (message ?? note) === undefined) return { order };
    return order.closedAt !== undefined && closedAt !== undefined
      ? refusal('order_closed')
      : this.commit(key, orderId, next);
  }

  private commit(key: string, orderId: string, next?: Order): Answer {
    const revision = this.server.commit(orderId, next);
    this.stored.set(key, [...(this.stored.get(key) ?? []), revision]);
    return { order: this.server.store.get(orderId) };
  }
}

function toRequest(operation: BatchOperationInput): WriteRequest {
  const key = operation.idempotencyKey ?? '';
  if (operation.type === 'place') return { method: 'POST', path: '/orders', key, body: operation.order };
  const { orderId, ifMatch: revision } = operation;
  const common = { path: `/orders/${orderId}`, key, ...(revision !== undefined && { revision }) };
  if (operation.type === 'remove') return { method: 'DELETE', ...common };
  return { method: 'PATCH', ...common, body: operation.changes };
}

const refusal = (code: string, errors?: { field: string; message: string }[]) =>
  new TrackerError(code, { code, permanent: true, ...(errors && { errors }) });

const withoutNulls = (order: object) =>
  Object.fromEntries(
    Object.entries(order)
      .filter(([, value]) => value !== null && value !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  ) as unknown as Order;
