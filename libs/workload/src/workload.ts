import { type Order, type OrderPage } from '#contracts';
import { type Run } from '#consistency';
import { RecordingClient } from './recording-client.js';
import { Writers } from './writers.js';

export interface WorkloadOptions {
  apiUrls: readonly string[];
  /** Where clients connect, in turn. */
  gatewayUrls: readonly string[];
  /** Of the clients. */
  clients: number;
  orders: number;
  concurrency: number;
  /** The same seed makes the same choices. */
  seed: number;
  /** How long the clients may take to hear of everything in the end, in milliseconds. */
  settleWithinMs: number;
}

const LOOK_EVERY = 50;

const FETCH_WITHIN = 15_000;

/** A random workload whose record `checkRun` can judge. */
export class Workload {
  readonly writers: Writers;
  readonly clients: RecordingClient[] = [];
  readonly random: () => number;
  private readonly run: string;

  constructor(private readonly options: WorkloadOptions) {
    this.random = mulberry32(options.seed);
    this.run = `run-${options.seed}-${Date.now().toString(36)}`;
    const { apiUrls, orders, concurrency } = options;
    this.writers = new Writers({ urls: apiUrls, run: this.run, orders, concurrency, random: this.random });
  }

  /** Connects the clients. */
  async connect(): Promise<void> {
    const { gatewayUrls, clients } = this.options;
    for (let i = 0; i < clients; i++) {
      this.clients.push(
        new RecordingClient({
          name: `client-${i}`,
          url: gatewayUrls[i % gatewayUrls.length] ?? '',
          run: this.run,
          fetchOrders: () => this.fetchOrders(),
        }),
      );
    }
    await this.until(() => this.clients.every(({ settled }) => settled));
  }

  /** Waits until every client knows the final state, or the time is over, and gives the record. */
  async finish(): Promise<Run & { settledInMs: number }> {
    const started = Date.now();
    let orders = await this.fetchFinalOrders();
    await this.until(async () => {
      orders = await this.fetchFinalOrders();
      const revisions = new Map(orders.map(({ orderId, revision }) => [orderId, revision]));
      for (const write of this.writers.writes) {
        if (write.type === 'deleted' && write.outcome === 'ok') revisions.set(write.orderId, Infinity);
      }
      return this.clients.every((client) => client.knows(revisions));
    });
    const settledInMs = Date.now() - started;
    const clients = this.clients.map((client) => client.log());
    return { writes: this.writers.writes, store: { orders }, clients, settledInMs };
  }

  close(): void {
    for (const client of this.clients) client.close();
  }

  /** Takes the run's orders out of the store. */
  async removeOrders(): Promise<void> {
    for (const { orderId } of await this.fetchOrders()) {
      await fetch(`${this.options.apiUrls[0] ?? ''}/orders/${orderId}`, { method: 'DELETE' });
    }
  }

  /** Resolves false where the time is over. */
  private async until(condition: () => boolean | Promise<boolean>): Promise<boolean> {
    const end = Date.now() + this.options.settleWithinMs;
    while (Date.now() < end) {
      if (await condition()) return true;
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
    }
    return false;
  }

  private async fetchFinalOrders(): Promise<Order[]> {
    const end = Date.now() + this.options.settleWithinMs;
    for (;;) {
      try {
        return await this.fetchOrders();
      } catch (error) {
        if (Date.now() > end) throw error;
        await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
      }
    }
  }

  /** @throws where the API does not answer */
  private async fetchOrders(): Promise<Order[]> {
    const url = this.options.apiUrls[Math.floor(Math.random() * this.options.apiUrls.length)] ?? '';
    const orders: Order[] = [];
    let cursor: string | undefined;
    do {
      const query = new URLSearchParams({
        customerId: this.run,
        limit: '200',
        ...(cursor !== undefined && { cursor }),
      });
      const response = await fetch(`${url}/orders?${query.toString()}`, { signal: AbortSignal.timeout(FETCH_WITHIN) });
      if (!response.ok) throw new Error(`GET /orders: ${response.status}`);
      const page = (await response.json()) as OrderPage;
      orders.push(...page.orders);
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    return orders;
  }
}

/** @see https://gist.github.com/tommyettinger/46a874533244883189143505d203312c */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
