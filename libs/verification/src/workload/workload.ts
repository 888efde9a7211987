import { type Order, type OrderPage } from '@galley/contracts';
import { type Run } from '../checker/run.js';
import { type Transports } from '../raw-client/socket-connection.js';
import { mulberry32 } from './random.js';
import { RecordingClient, type RecordingClientOptions } from './recording-client.js';
import { Writers } from './writers.js';

export type WorkloadUser = Pick<RecordingClientOptions, 'token' | 'customerId' | 'staffPart' | 'received'>;

export interface WorkloadOptions {
  apiUrls: readonly string[];
  /** The URLs that clients connect to, in turn. */
  gatewayUrls: readonly string[];
  /** How many clients to connect with Socket.IO. */
  clients: number;
  /** How many more clients to connect that read `GET /changes`. Default: 0 */
  streams?: number;
  /** The transports of the clients: at each gateway they take turns. Only WebSocket if absent. */
  transports?: readonly Transports[];
  /** A token of the shop's staff, if one is needed. */
  token?: string;
  /** Tokens by customer. If given, the customers take turns as clients; if absent, all clients are the shop's. */
  customers?: ReadonlyMap<string, string>;
  /** Who takes turns as clients; if absent, the customers, or the shop's staff. */
  users?: readonly WorkloadUser[];
  /** Makes and expects only what version 0.2.0 knows. */
  isPlain?: boolean;
  orders: number;
  concurrency: number;
  /** The same seed makes the same choices. */
  seed: number;
  /** How long the clients may take to get everything at the end. */
  settleWithinMs: number;
}

type FinalOrder = Pick<Order, 'orderId' | 'revision'> & Partial<Pick<Order, 'customerId'>>;

const CHECK_EVERY_MS = 50;

const FETCH_WITHIN_MS = 15_000;

/** A random workload. `checkRun` checks its record. */
export class Workload {
  readonly writers: Writers;
  readonly clients: RecordingClient[] = [];
  readonly random: () => number;
  private readonly run: string;

  constructor(private readonly options: WorkloadOptions) {
    this.random = mulberry32(options.seed);
    this.run = `run-${options.seed}-${Date.now().toString(36)}`;
    const { apiUrls, orders, concurrency, token, isPlain = false } = options;
    this.writers = new Writers({
      ...{ urls: apiUrls, run: this.run, orders, concurrency, token, isPlain, random: this.random },
      customers: options.customers ? [...options.customers.keys()] : [this.run],
    });
  }

  /** Connects the clients. */
  async connect(): Promise<void> {
    const { gatewayUrls, clients, streams = 0, transports } = this.options;
    const users = this.users();
    for (let i = 0; i < clients + streams; i++) {
      const round = Math.floor(i / gatewayUrls.length);
      const user = users[i % users.length] ?? {};
      const isStream = i >= clients;
      this.clients.push(
        new RecordingClient({
          ...{ name: `${isStream ? 'stream' : 'client'}-${i}`, run: this.run, ...user },
          url: gatewayUrls[i % gatewayUrls.length] ?? '',
          transports: isStream ? 'stream' : transports?.[round % transports.length],
          fetchOrders: () => this.fetchOrders(user.token),
        }),
      );
    }
    await this.until(() => this.clients.every(({ settled }) => settled));
  }

  private get staff(): WorkloadUser {
    const { token, isPlain = false } = this.options;
    return { token, staffPart: isPlain ? undefined : 'expected' };
  }

  private users(): readonly WorkloadUser[] {
    const { users, customers } = this.options;
    if (users) return users;
    if (!customers) return [this.staff];
    return [...customers].map(([customerId, ofCustomer]) => ({
      customerId,
      token: ofCustomer,
      staffPart: 'forbidden',
    }));
  }

  /** Connects this many more clients. Each follows one of the existing orders. */
  async connectTrackers(count: number): Promise<void> {
    const { gatewayUrls } = this.options;
    const orderIds = [...this.writers.orderIds];
    for (let i = 0; i < count; i++) {
      const orderId = orderIds[i % orderIds.length] ?? '';
      this.clients.push(
        new RecordingClient({
          ...{ name: `tracker-${i}`, run: this.run, orderId, ...this.staff },
          url: gatewayUrls[i % gatewayUrls.length] ?? '',
          fetchOrders: () => this.fetchOrder(orderId),
        }),
      );
    }
    await this.until(() => this.clients.every(({ settled }) => settled));
  }

  /**
   * Waits until every client knows the state that the store has now. Call it while nobody writes.
   * @returns false if the time is over
   */
  async settled(): Promise<boolean> {
    return (await this.settle()).isSettled;
  }

  /**
   * Waits until every client knows the final state or the time is over.
   * @returns the record of the run. The store is not asked once more, because a write that was given up may still be carried out
   */
  async finish(): Promise<Run & { isSettled: boolean; settledInMs: number }> {
    const started = performance.now();
    const { isSettled, orders } = await this.settle();
    return { ...this.recordWith(orders), isSettled, settledInMs: Math.round(performance.now() - started) };
  }

  /** The record of the run so far. */
  async record(): Promise<Run> {
    return this.recordWith(await this.fetchFinalOrders());
  }

  private recordWith(orders: readonly Order[]): Run {
    return { writes: this.writers.writes, store: { orders }, clients: this.clients.map((client) => client.log()) };
  }

  /** @returns also the orders as the store had them when it was asked last */
  private async settle(): Promise<{ isSettled: boolean; orders: readonly Order[] }> {
    let orders: readonly Order[] = [];
    const isSettled = await this.until(async () => {
      orders = await this.fetchFinalOrders();
      const final = this.withDeleted(orders);
      return this.clients.every((client) => client.knows(this.revisionsFor(client, final)));
    });
    return { isSettled, orders };
  }

  close(): void {
    for (const client of this.clients) client.close();
  }

  /** Deletes the run's orders from the store. */
  async removeOrders(): Promise<void> {
    const { apiUrls, token } = this.options;
    for (const { orderId } of await this.fetchFinalOrders()) {
      await fetch(`${apiUrls[0] ?? ''}/orders/${orderId}`, { method: 'DELETE', headers: bearer(token) });
    }
  }

  /** The newest revisions that a client must know. */
  private revisionsFor(client: RecordingClient, final: readonly FinalOrder[]): Map<string, number> {
    return new Map(
      final.filter((order) => client.concerns(order)).map(({ orderId, revision }) => [orderId, revision] as const),
    );
  }

  /** The final revisions of all orders; Infinity for deleted ones, also where the deletion was not answered. */
  private withDeleted(orders: readonly Order[]): FinalOrder[] {
    const stored = new Set(orders.map(({ orderId }) => orderId));
    const owners = new Map<string, string>();
    const existed = new Set<string>();
    const deleted: FinalOrder[] = [];
    for (const write of this.writers.writes) {
      const { orderId, outcome } = write;
      if (write.type === 'created') owners.set(orderId, write.customerId);
      if (write.type !== 'deleted') {
        if (outcome === 'ok') existed.add(orderId);
      } else if (outcome === 'ok' || (outcome === 'unknown' && existed.has(orderId) && !stored.has(orderId))) {
        deleted.push({ orderId, customerId: owners.get(orderId), revision: Infinity });
      }
    }
    return [...orders, ...deleted];
  }

  /** Resolves with false if the time is over. */
  private async until(condition: () => boolean | Promise<boolean>): Promise<boolean> {
    const end = performance.now() + this.options.settleWithinMs;
    while (performance.now() < end) {
      if (await condition()) return true;
      await new Promise((resolve) => setTimeout(resolve, CHECK_EVERY_MS));
    }
    return false;
  }

  private async fetchFinalOrders(): Promise<Order[]> {
    const end = performance.now() + this.options.settleWithinMs;
    for (;;) {
      try {
        return await this.fetchOrders(this.options.token);
      } catch (error) {
        if (performance.now() > end) throw error;
        await new Promise((resolve) => setTimeout(resolve, CHECK_EVERY_MS));
      }
    }
  }

  /** @throws if the API does not answer */
  private async fetchOrder(orderId: string): Promise<Order[]> {
    const { apiUrls, token } = this.options;
    const response = await fetch(`${apiUrls[0] ?? ''}/orders/${orderId}`, {
      headers: bearer(token),
      signal: AbortSignal.timeout(FETCH_WITHIN_MS),
    });
    if (response.status === 404) return [];
    if (!response.ok) throw new Error(`GET /orders/${orderId}: ${response.status}`);
    return [(await response.json()) as Order];
  }

  /**
   * The orders of the run that the holder of a token may see.
   * @throws if the API does not answer
   */
  private async fetchOrders(token?: string): Promise<Order[]> {
    const { apiUrls, customers } = this.options;
    const url = apiUrls[Math.floor(Math.random() * apiUrls.length)] ?? '';
    const orders: Order[] = [];
    let cursor: string | undefined;
    do {
      const query = new URLSearchParams({
        limit: '200',
        ...(!customers && { customerId: this.run }),
        ...(cursor !== undefined && { cursor }),
      });
      const response = await fetch(`${url}/orders?${query.toString()}`, {
        headers: bearer(token),
        signal: AbortSignal.timeout(FETCH_WITHIN_MS),
      });
      if (!response.ok) throw new Error(`GET /orders: ${response.status}`);
      const page = (await response.json()) as OrderPage;
      orders.push(...page.orders.filter(({ orderId }) => orderId.startsWith(`${this.run}-`)));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    return orders;
  }
}

const bearer = (token: string | undefined): Record<string, string> =>
  token === undefined ? {} : { authorization: `Bearer ${token}` };
