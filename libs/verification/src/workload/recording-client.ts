import { io, type Socket } from 'socket.io-client';
import {
  type ClientToServerEvents,
  type FeedEvent,
  type Order,
  type ReadyEvent,
  type ResyncEvent,
  type ServerToClientEvents,
} from '@galley/contracts';
import { type ChangeEvent, type ClientEntry, type ClientLog } from '../checker/run.js';

/** Milliseconds over which clients spread their fetches. */
const SPREAD = { first: 1_000, most: 8_000 };

interface ChangePayload {
  orderId: string;
  revision: number;
  position: string;
  order?: Order;
}

type Payload = ChangePayload & ReadyEvent & ResyncEvent & FeedEvent;

export interface RecordingClientOptions {
  name: string;
  url: string;
  /** The ids of all orders of the run begin with it and "-". */
  run: string;
  token?: string;
  /** Whose orders it may see; absent: everybody's. */
  customerId?: string;
  /** The one order that it follows; absent: all that it may see. */
  orderId?: string;
  /** All orders of the run that it may see and follows, over REST. */
  fetchOrders: () => Promise<Order[]>;
}

/** A client that resumes by position, fetches its orders when told to, and records all of it. */
export class RecordingClient {
  /** When each of its connections began, in milliseconds since 1970. */
  readonly connectedAt: number[] = [];
  private readonly entries: ClientEntry[] = [];
  /** By order id, the newest revision that it knows of; Infinity for a deleted order. */
  private readonly revisions = new Map<string, number>();
  private socket: Socket<ServerToClientEvents, ClientToServerEvents>;
  private position?: string;
  private hasGap = true;
  private hasHeardOfOthers = false;
  private fetching?: Promise<void>;

  constructor(private readonly options: RecordingClientOptions) {
    this.socket = this.open(options.url);
  }

  /** Whether it is to hear of an order, by the customer whose it is. */
  concerns(order: { orderId: string; customerId?: string }): boolean {
    const { orderId = order.orderId, customerId = order.customerId } = this.options;
    return order.orderId === orderId && order.customerId === customerId;
  }

  get connected(): boolean {
    return this.socket.connected;
  }

  /** Whether it has orders and nothing is being fetched. */
  get settled(): boolean {
    return this.connected && !this.hasGap;
  }

  /** Whether it has heard of all these revisions, or of something newer. */
  knows(revisions: ReadonlyMap<string, number>): boolean {
    if (!this.settled) return false;
    for (const [orderId, revision] of revisions) if ((this.revisions.get(orderId) ?? 0) < revision) return false;
    return true;
  }

  log(): ClientLog {
    const state = Object.fromEntries([...this.revisions].filter(([, revision]) => revision !== Infinity));
    const { name, run } = this.options;
    // Among the changes of others, holes between positions mean nothing.
    const customerId = this.options.customerId ?? (this.hasHeardOfOthers ? run : undefined);
    const { orderId } = this.options;
    return {
      ...{ client: name, follows: orderId === undefined ? 'all' : [orderId], entries: this.entries, state },
      ...(customerId !== undefined && { customerId }),
    };
  }

  /** Cuts the connection as a network would; the client comes back by itself. */
  cut(): void {
    this.socket.io.engine.close();
  }

  /** Leaves for another replica. */
  moveTo(url: string): void {
    this.close();
    this.lose();
    this.socket = this.open(url);
  }

  close(): void {
    this.socket.off().offAny();
    this.socket.disconnect();
  }

  private open(url: string): Socket<ServerToClientEvents, ClientToServerEvents> {
    const socket: typeof this.socket = io(url, {
      auth: (give) => {
        const { token, orderId } = this.options;
        give({
          ...{ token, feed: true },
          ...(orderId !== undefined && { rooms: [{ orderId }] }),
          ...(this.position !== undefined && { position: this.position }),
        });
      },
      transports: ['websocket'],
      forceNew: true,
      reconnectionDelay: 100,
      reconnectionDelayMax: 1_000,
    });
    socket.on('connect', () => this.connectedAt.push(Date.now()));
    socket.on('disconnect', () => {
      this.lose();
    });
    socket.onAny((name: string, payload: unknown) => {
      this.receive(name, payload as Payload);
    });
    return socket;
  }

  /** A connection can end between the two events of an update, also while a snapshot comes; then both are sent again. */
  private lose(): void {
    const at = this.entries.findLastIndex(({ kind }) => kind === 'change');
    const last = this.entries[at];
    if (last?.kind === 'change' && last.event === 'orderUpdated') this.entries.splice(at, 1);
    this.entries.push({ kind: 'disconnected' });
  }

  private receive(name: string, payload: Payload): void {
    // An update is complete with the second of its events.
    if ('position' in payload && name !== 'orderUpdated') this.position = payload.position;
    if (name === 'ready') {
      const { recovered, replayed, position } = payload;
      this.entries.push({ kind: 'ready', recovered, replayed, position });
      if (!recovered) this.hasGap = true;
      if (this.hasGap) this.fetch();
    } else if (name === 'resync') {
      this.position = payload.position;
      this.entries.push({ kind: 'resync', position: payload.position });
      this.hasGap = true;
      this.fetch();
    } else if (name.startsWith('order') || name.endsWith('/update')) {
      this.hear(name.endsWith('/update') ? 'update' : (name as ChangeEvent), payload);
    }
  }

  private hear(event: ChangeEvent, { orderId, revision, position, order }: ChangePayload): void {
    if (!orderId.startsWith(`${this.options.run}-`)) {
      this.hasHeardOfOthers = true;
      return;
    }
    this.entries.push({ kind: 'change', event, orderId, revision, position, ...(order && { order }) });
    this.learn(orderId, event === 'orderDeleted' ? Infinity : revision);
  }

  private learn(orderId: string, revision: number): void {
    this.revisions.set(orderId, Math.max(revision, this.revisions.get(orderId) ?? 0));
  }

  /**
   * Until it succeeds; a break meanwhile makes the answer stale, so that it asks again. All clients have cause to at the
   * same time: like good clients they spread, and the less they get the more.
   */
  private fetch(): void {
    const breaks = () => this.entries.filter(({ kind }) => kind === 'ready' || kind === 'resync').length;
    this.fetching ??= (async () => {
      for (let spread = SPREAD.first; ; spread = Math.min(2 * spread, SPREAD.most)) {
        if (this.entries.length > 1) await new Promise((resolve) => setTimeout(resolve, Math.random() * spread));
        const before = breaks();
        const known = new Set(this.revisions.keys());
        const orders = await this.options.fetchOrders().catch(() => undefined);
        if (orders && breaks() === before) {
          this.takeSnapshot(orders, known);
          return;
        }
      }
    })().finally(() => (this.fetching = undefined));
  }

  private takeSnapshot(orders: Order[], known: ReadonlySet<string>): void {
    this.entries.push({ kind: 'snapshot', orders });
    const living = new Set(orders.map(({ orderId }) => orderId));
    for (const orderId of known) if (!living.has(orderId)) this.learn(orderId, Infinity);
    for (const { orderId, revision } of orders) this.learn(orderId, revision);
    this.hasGap = false;
  }
}
