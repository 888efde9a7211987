import {
  createClient,
  type Client,
  type ConnectionState,
  type OrderFilter,
  type OrdersTracker,
  type OrderTracker,
  type TrackOptions,
} from '@galley/client';
import { SharedTracker, type StateOf } from './shared-tracker.js';

/** The states of a connection, worst first. */
const WORST_FIRST: readonly ConnectionState[] = ['offline', 'stale', 'catching-up', 'live'];

const NO_ORDERS: StateOf<OrdersTracker> = {
  connection: 'offline',
  orders: [],
  isComplete: false,
  pending: [],
  refused: [],
};
const NO_ORDER: StateOf<OrderTracker> = { connection: 'offline', deleted: false, pending: [], refused: [] };

/** The trackers of all components below one provider: one for each scope, and one connection for all. */
export class TrackerPool {
  readonly #client: Client;
  readonly #scopes = new Map<string, SharedTracker<OrdersTracker>>();
  readonly #orders = new Map<string, SharedTracker<OrderTracker>>();
  readonly #listeners = new Set<() => void>();

  constructor(options: TrackOptions) {
    this.#client = createClient(options);
  }

  scope(filter: OrderFilter): SharedTracker<OrdersTracker> {
    const create = () => this.#client.trackOrders(filter);
    return getOrAdd(this.#scopes, keyOf(filter), () => new SharedTracker(create, NO_ORDERS, this.#changed));
  }

  order(orderId: string): SharedTracker<OrderTracker> {
    const create = () => this.#client.trackOrder(orderId);
    return getOrAdd(this.#orders, orderId, () => new SharedTracker(create, NO_ORDER, this.#changed));
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  };

  /** The state of the tracker that is worst off; `offline` if there is none. */
  readonly connection = (): ConnectionState => {
    const open = [...this.#scopes.values(), ...this.#orders.values()].flatMap(({ state }) => state?.connection ?? []);
    return WORST_FIRST.find((state) => open.includes(state)) ?? 'offline';
  };

  readonly #changed = (): void => {
    for (const listener of [...this.#listeners]) listener();
  };
}

/** Filters that mean the same have the same key, however they were written. */
function keyOf({ open = true, ...more }: OrderFilter): string {
  const conditions = Object.entries<unknown>({ open, ...more }).filter(([, value]) => value !== undefined);
  const sorted = conditions.map(([name, value]) => [name, [value].flat().sort()]);
  return JSON.stringify(sorted.sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)));
}

function getOrAdd<Value>(map: Map<string, Value>, key: string, make: () => Value): Value {
  const value = map.get(key) ?? make();
  map.set(key, value);
  return value;
}
