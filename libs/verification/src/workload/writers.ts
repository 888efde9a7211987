import { type Order } from '@galley/contracts';
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
  /** Returns a number from 0 up to but not including 1. */
  random: () => number;
}

/** Places, changes and deletes orders at random, and records the outcome of each attempt. */
export class Writers {
  readonly writes: Write[] = [];
  private readonly living: string[] = [];
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
    const { run, customers, orders, random } = this.options;
    const at = Math.floor(random() * this.living.length);
    const orderId = this.living[at];
    if (orderId === undefined || (this.living.length < orders && random() < 0.2)) {
      const placed = `${run}-${++this.placed}`;
      const customerId = customers[this.placed % customers.length] ?? run;
      const body = { orderId: placed, customerId, title: 'Annual report', quantity: 1 };
      const { outcome, revision } = await this.send('POST', '/orders', body);
      this.writes.push({ type: 'created', orderId: placed, customerId, outcome, revision });
      if (outcome !== 'failed') this.living.push(placed);
    } else if (random() < 0.02) {
      this.living.splice(at, 1);
      const { outcome } = await this.send('DELETE', `/orders/${orderId}`);
      this.writes.push({ type: 'deleted', orderId, outcome });
    } else {
      const { outcome, revision } = await this.send('PATCH', `/orders/${orderId}`, { quantity: number });
      this.writes.push({ type: 'updated', orderId, outcome, revision });
    }
  }

  private async send(
    method: string,
    path: string,
    body?: object,
  ): Promise<{ outcome: WriteOutcome; revision?: number }> {
    const { urls, token } = this.options;
    try {
      const response = await fetch((urls[this.started % urls.length] ?? '') + path, {
        method,
        headers: {
          ...(body && { 'content-type': 'application/json' }),
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
        },
        ...(body && { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(10_000),
      });
      const text = await response.text();
      if (response.status >= 500) return { outcome: 'unknown' };
      if (response.status >= 400) return { outcome: 'failed' };
      return { outcome: 'ok', revision: text === '' ? undefined : (JSON.parse(text) as Order).revision };
    } catch {
      return { outcome: 'unknown' };
    }
  }
}
