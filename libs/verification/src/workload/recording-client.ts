import { type FeedEvent, type Order, type ReadyEvent, type ResyncEvent } from '@galley/contracts';
import { type ChangeEvent, type ChangeRecord, type LogRecord, type ClientLog } from '../checker/run.js';
import { type EventConnection } from '../raw-client/event-connection.js';
import { SocketConnection, type Transports } from '../raw-client/socket-connection.js';
import { StreamConnection } from '../raw-client/stream-connection.js';
import { BelievedOrders } from './believed-orders.js';

/** The time over which clients spread their fetches. */
const SPREAD_MS = { first: 1_000, most: 8_000 };

/** The connection is given up after this many heartbeats of silence. */
const SILENT_HEARTBEATS = 2.5;

type ChangePayload = Omit<ChangeRecord, 'kind' | 'event'>;

type Payload = ChangePayload & ReadyEvent & ResyncEvent & FeedEvent;

export interface RecordingClientOptions {
  name: string;
  url: string;
  /** The ids of all orders of the run begin with this and "-". */
  run: string;
  token?: string;
  /** The customer whose orders it may see; if absent, all orders. */
  customerId?: string;
  /** The one order that it follows; if absent, all that it may see. */
  orderId?: string;
  /** Whether it must get who made each change, or must not; absent if that is not checked. */
  staffPart?: ClientLog['staffPart'];
  /** `stream`: it reads `GET /changes`. Otherwise the transports of Socket.IO; only WebSocket if absent. */
  transports?: Transports | 'stream';
  /** Told all that it receives, as it comes. */
  received?: (text: string) => void;
  /** Fetches all orders of the run that it may see and follows, over REST. */
  fetchOrders: () => Promise<Order[]>;
}

/** A client that resumes by position, fetches its orders when told to, and records everything. */
export class RecordingClient {
  /** When each of its connections began, by `performance.now()`. */
  readonly connectedAt: number[] = [];
  /** Whether the gateway has said last that the feed is live. */
  isFeedLive = false;
  private readonly records: LogRecord[] = [];
  private readonly orders = new BelievedOrders();
  private connection: EventConnection;
  private hasGap = true;
  private snapshots = 0;
  private hasHeardOfOthers = false;
  private fetching?: Promise<void>;
  private url: string;
  private silence?: NodeJS.Timeout;
  private maxSilenceMs = Infinity;

  constructor(private readonly options: RecordingClientOptions) {
    this.url = options.url;
    this.connection = this.open();
  }

  /** Whether the client must get the changes of an order. */
  concerns(order: { orderId: string; customerId?: string }): boolean {
    const { orderId = order.orderId, customerId = order.customerId } = this.options;
    return order.orderId === orderId && order.customerId === customerId;
  }

  get connected(): boolean {
    return this.connection.isConnected;
  }

  /** The transport in use now; undefined while there is no connection. */
  get transport(): string | undefined {
    return this.connection.transport;
  }

  /** Whether the client has its orders and is not fetching any. */
  get settled(): boolean {
    return this.connected && !this.hasGap;
  }

  /** Whether the client has all these revisions or newer ones. @param revisions Infinity for a deleted order */
  knows(revisions: ReadonlyMap<string, number>): boolean {
    if (!this.settled) return false;
    for (const [orderId, revision] of revisions) {
      // An order can have been placed and deleted between two snapshots.
      const mayBeUnknown = revision === Infinity && this.snapshots > 1;
      if ((this.orders.revisionOf(orderId) ?? (mayBeUnknown ? Infinity : 0)) < revision) return false;
    }
    return true;
  }

  log(): ClientLog {
    const { name, run, staffPart } = this.options;
    // If other changes were in the feed, gaps between positions mean nothing. With a customer id the checker ignores them.
    const customerId = this.options.customerId ?? (this.hasHeardOfOthers ? run : undefined);
    const { orderId } = this.options;
    return {
      ...{
        client: name,
        follows: orderId === undefined ? 'all' : [orderId],
        records: this.records,
        ...this.orders.log(),
      },
      ...(customerId !== undefined && { customerId }),
      ...(staffPart !== undefined && { staffPart }),
    };
  }

  /** Cuts the connection, if there is one, as a network failure would. The client reconnects by itself. */
  cut(): void {
    this.connection.cut();
  }

  /** Moves to another replica. */
  moveTo(url: string): void {
    this.close();
    this.lose();
    this.url = url;
    this.connection = this.open(this.connection.position);
  }

  close(): void {
    clearTimeout(this.silence);
    this.connection.close();
  }

  private open(position?: string): EventConnection {
    const { token, orderId, transports = ['websocket'], received } = this.options;
    const options = { url: this.url, token, orderId, position };
    const listener = {
      received,
      connected: () => {
        this.connectedAt.push(performance.now());
      },
      disconnected: () => {
        clearTimeout(this.silence);
        this.lose();
      },
      event: (name: string, payload: unknown) => {
        this.receive(name, payload as Payload);
      },
    };
    if (transports === 'stream') return new StreamConnection(options, listener);
    return new SocketConnection({ ...options, transports }, listener);
  }

  private lose(): void {
    if (this.connection.maySplitUpdates) this.forgetHalfOfUpdate();
    this.records.push({ kind: 'disconnected' });
  }

  /** The connection can have ended between the two events of an update, even during a snapshot. Then both are sent again. */
  private forgetHalfOfUpdate(): void {
    const at = this.records.findLastIndex(({ kind }) => kind === 'change');
    const last = this.records[at];
    if (last?.kind === 'change' && last.event === 'orderUpdated') this.records.splice(at, 1);
  }

  /** A connection can be dead without an end. Then the gateway's heartbeats stop. */
  private expectHeartbeat(): void {
    clearTimeout(this.silence);
    if (this.maxSilenceMs === Infinity) return;
    this.silence = setTimeout(() => {
      this.moveTo(this.url);
    }, this.maxSilenceMs);
  }

  private receive(name: string, payload: Payload): void {
    if (name === 'ready') this.maxSilenceMs = SILENT_HEARTBEATS * payload.heartbeatMs;
    if (name === 'ready' || name === 'feed') this.isFeedLive = payload.live;
    this.expectHeartbeat();
    if (name === 'ready') {
      const { recovered, replayed, position } = payload;
      this.records.push({ kind: 'ready', recovered, replayed, position });
      if (!recovered) this.hasGap = true;
      if (this.hasGap) this.fetch();
    } else if (name === 'resync') {
      this.records.push({ kind: 'resync', position: payload.position });
      this.hasGap = true;
      this.fetch();
    } else if (name.startsWith('order') || name.endsWith('/update')) {
      this.hear(name.endsWith('/update') ? 'update' : (name as ChangeEvent), payload);
    }
  }

  private hear(event: ChangeEvent, payload: ChangePayload): void {
    const { orderId, revision, position, order, closedAt, actor, note } = payload;
    if (!orderId.startsWith(`${this.options.run}-`)) {
      this.hasHeardOfOthers = true;
      return;
    }
    this.records.push({ kind: 'change', event, orderId, revision, position, order, closedAt, actor, note });
    // The second event of an update may still be on its way.
    if (event !== 'orderUpdated') this.orders.learn(orderId, event === 'orderDeleted' ? Infinity : revision, closedAt);
  }

  /**
   * Fetches the orders until that succeeds. A break during the request makes the answer stale, so it is repeated. All
   * clients may have to fetch at the same time, so they spread their requests, over a longer time after each failure.
   */
  private fetch(): void {
    const breaks = () => this.records.filter(({ kind }) => kind === 'ready' || kind === 'resync').length;
    this.fetching ??= (async () => {
      for (let spread = SPREAD_MS.first; ; spread = Math.min(2 * spread, SPREAD_MS.most)) {
        if (this.records.length > 1) await new Promise((resolve) => setTimeout(resolve, Math.random() * spread));
        const before = breaks();
        const known = new Set(this.orders.ids);
        const orders = await this.options.fetchOrders().catch(() => undefined);
        if (orders && breaks() === before) {
          this.takeSnapshot(orders, known);
          return;
        }
      }
    })().finally(() => (this.fetching = undefined));
  }

  private takeSnapshot(orders: Order[], known: ReadonlySet<string>): void {
    this.records.push({ kind: 'snapshot', orders });
    this.snapshots++;
    const living = new Set(orders.map(({ orderId }) => orderId));
    for (const orderId of known) if (!living.has(orderId)) this.orders.learn(orderId, Infinity);
    for (const { orderId, revision, closedAt } of orders) this.orders.learn(orderId, revision, closedAt);
    this.hasGap = false;
  }
}
