import { type ChangeOrder, type Order } from '@galley/contracts';
import { type Write, type WriteOutcome } from '../checker/run.js';

export interface WritersOptions {
  /** The URLs of the API replicas, used in turn. */
  urls: readonly string[];
  /** The beginning of the ids of the run's orders. */
  run: string;
  /** The customers. Each order gets one of them. */
  customers: readonly string[];
  /** A token of the shop's staff, if one is needed. */
  token?: string;
  /** How many orders may exist at a time. */
  orders: number;
  /** How many attempts to make at a time. */
  concurrency: number;
  /** Makes only what version 0.2.0 knows: it has no closed orders, no notes, and no change that changes nothing. */
  isPlain: boolean;
  /** Returns a number from 0 up to but not including 1. */
  random: () => number;
}

type Change = Pick<ChangeOrder, 'quantity' | 'rush' | 'closed' | 'note'>;

interface Answered {
  outcome: WriteOutcome;
  /** The order in the answer, and its revision. */
  revision?: number;
  order?: Order;
}

/**
 * Places, changes, closes and deletes orders at random, and records the outcome of each write. Each attempt makes at least one
 * change, unless it is refused because another attempt has closed or deleted the order.
 */
export class Writers {
  readonly writes: Write[] = [];
  /** What became of each attempt whose outcome is unknown, as a line: the answer, or why there was none. */
  readonly unknown: string[] = [];
  private readonly living: string[] = [];
  private readonly closed = new Set<string>();
  private placed = 0;
  private started = 0;

  constructor(private readonly options: WritersOptions) {}

  /** How many attempts were made so far. */
  get progress(): number {
    return this.writes.length;
  }

  /** The existing orders, as far as is known. */
  get orderIds(): readonly string[] {
    return this.living;
  }

  /** Makes this many attempts, at most `perSecond` each second. */
  async run(attempts: number, perSecond = Infinity): Promise<void> {
    const end = this.started + attempts;
    const next = this.started + 1;
    const startedAt = performance.now();
    await Promise.all(
      Array.from({ length: this.options.concurrency }, async () => {
        while (this.started < end) {
          const number = ++this.started;
          const early = startedAt + ((number - next) * 1_000) / perSecond - performance.now();
          if (early > 0) await new Promise((resolve) => setTimeout(resolve, early));
          await this.attempt(number);
        }
      }),
    );
  }

  private async attempt(number: number): Promise<void> {
    const { orders, random, isPlain } = this.options;
    const at = Math.floor(random() * this.living.length);
    const orderId = this.living[at];
    if (orderId === undefined || (this.living.length < orders && random() < 0.2)) {
      await this.place();
    } else if (random() < 0.02) {
      this.living.splice(at, 1);
      const { outcome } = await this.send('DELETE', `/orders/${orderId}`);
      this.writes.push({ type: 'deleted', orderId, outcome });
    } else if (isPlain) {
      await this.change(orderId, { quantity: number });
    } else if (this.closed.has(orderId)) {
      if (random() < 0.2) await this.change(orderId, { quantity: number }); // is refused
      await this.change(orderId, { closed: false, note: noteOf(number) });
    } else {
      if (random() < 0.05) await this.changeNothing(orderId);
      await this.change(orderId, this.changeOf(number));
    }
  }

  private async place(): Promise<void> {
    const { run, customers, isPlain, random } = this.options;
    const orderId = `${run}-${++this.placed}`;
    const customerId = customers[this.placed % customers.length] ?? run;
    const note = isPlain || random() < 0.5 ? undefined : noteOf(this.placed);
    const body = { orderId, customerId, title: 'Annual report', quantity: 1, note };
    const { outcome, revision } = await this.send('POST', '/orders', body);
    this.writes.push({ type: 'created', orderId, customerId, outcome, revision, note });
    if (outcome !== 'failed') this.living.push(orderId);
  }

  /** A change of an open order. Its number or its note makes it differ from all others, so that it always changes something. */
  private changeOf(number: number): Change {
    const { random } = this.options;
    const choice = random();
    if (choice < 0.1) return { closed: true, note: noteOf(number) };
    if (choice < 0.2) return { quantity: number, rush: random() < 0.5 };
    return choice < 0.5 ? { quantity: number, note: noteOf(number) } : { quantity: number };
  }

  private async change(orderId: string, request: Change): Promise<void> {
    const { note, closed } = request;
    const { outcome, revision } = await this.send('PATCH', `/orders/${orderId}`, request);
    this.writes.push({ type: 'updated', orderId, outcome, revision, note, closed });
    if (outcome !== 'ok' || closed === undefined) return;
    if (closed) this.closed.add(orderId);
    else this.closed.delete(orderId);
  }

  /** Asks for what the order is already. `If-Match` refuses it if another attempt has changed the order meanwhile. */
  private async changeNothing(orderId: string): Promise<void> {
    const { order } = await this.send('GET', `/orders/${orderId}`);
    if (!order) return;
    const { revision: at, quantity, title } = order;
    const headers = { 'if-match': `"${at}"` };
    const { outcome, revision } = await this.send('PATCH', `/orders/${orderId}`, { quantity, title }, headers);
    this.writes.push({ type: 'unchanged', orderId, at, outcome, revision });
  }

  private async send(method: string, path: string, body?: object, headers?: Record<string, string>): Promise<Answered> {
    const { urls, token } = this.options;
    try {
      const response = await fetch((urls[this.started % urls.length] ?? '') + path, {
        method,
        headers: {
          ...(body && { 'content-type': 'application/json' }),
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
          ...headers,
        },
        ...(body && { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(10_000),
      });
      const text = await response.text();
      if (response.status >= 500) {
        this.unknown.push(`${method} ${path}: ${response.status} ${text}`);
        return { outcome: 'unknown' };
      }
      if (response.status >= 400) return { outcome: 'failed' };
      if (text === '') return { outcome: 'ok' };
      const order = JSON.parse(text) as Order;
      return { outcome: 'ok', revision: order.revision, order };
    } catch (error) {
      this.unknown.push(`${method} ${path}: ${String(error)}`);
      return { outcome: 'unknown' };
    }
  }
}

const noteOf = (number: number) => `Note ${number}`;
