import { newestFirst, type Order } from '@galley/contracts';
import { type OrderChange } from '../src/sync/order-change.js';
import { TrackerError } from '../src/sync/tracker-error.js';
import { type Transport, type TransportEvent, type TransportListener } from '../src/sync/transport.js';
import { PageRequests } from './page-requests.js';

const HEARTBEAT_MS = 5_000;

/**
 * Galley in memory. The test makes each step: commits, publication, a connection whose messages take time, and pages.
 */
export class ServerModel implements Transport {
  readonly store = new Map<string, Order>();
  readonly pages = new PageRequests(
    () => this.orders(),
    () => (this.isTokenExpired ? tokenExpired() : undefined),
  );
  /** How often the client gave up the connection. */
  reconnects = 0;
  private readonly revisions = new Map<string, number>();
  private readonly unpublished: OrderChange[] = [];
  private log: OrderChange[] = [];
  /** Whether the token of the client has ended. */
  isTokenExpired = false;
  /** The name of the gateway that takes the next connection. */
  gateway = 'model';
  private epoch = 1;
  private trimmedTo = 0;
  private time = 0;
  private listener?: TransportListener;
  private isConnected = false;
  private isFeedLive = true;
  private onTheWay: TransportEvent[] = [];
  /** What the client has got on this connection. */
  private delivered: OrderChange[] = [];

  /**
   * @param followed the one order that the client follows, as in `auth.rooms`; if absent, all orders
   * @param isOpenOnly whether its pages have only orders that are not closed
   */
  constructor(
    private readonly followed?: string,
    private readonly isOpenOnly = false,
  ) {}

  open(listener: TransportListener): void {
    this.listener = listener;
  }
  reconnect(): void {
    this.reconnects++;
    this.cut();
  }
  close(): void {
    this.isConnected = false;
    this.onTheWay = [];
    this.listener = undefined;
  }

  get idle(): boolean {
    return this.unpublished.length + this.onTheWay.length + this.pages.underWay === 0;
  }

  /** The orders that the client must know in the end. */
  orders(): Order[] {
    const visible = [...this.store.values()].filter(
      ({ orderId, closedAt }) => orderId === (this.followed ?? orderId) && !(this.isOpenOnly && closedAt !== undefined),
    );
    return visible.sort(newestFirst);
  }

  /**
   * Creates the order, or changes it. A closed order takes no other change but to be opened again. The id of a deleted order is
   * not used again. @returns the revision of the order
   */
  write(orderId: string, field: 'status' | 'title' | 'closed' | 'delete'): number | undefined {
    const known = this.store.get(orderId);
    const last = this.revisions.get(orderId) ?? 0;
    if (!known && (last > 0 || field === 'delete')) return undefined;
    if (field === 'delete') return this.commit(orderId);
    return this.commit(orderId, {
      ...(known ?? anOrder(orderId)),
      ...(known && (field === 'title' ? { title: `Title ${last + 1}` } : { status: 'In Printing' })),
      estimatedDate: field === 'status' && known ? `2026-01-0${((last + 1) % 9) + 1}` : undefined,
      closedAt: field === 'closed' && known && known.closedAt === undefined ? this.now() : undefined,
    });
  }

  /** Stores an order, with its next revision, or deletes it. @returns the revision */
  commit(orderId: string, next?: Order): number {
    const known = this.store.get(orderId);
    const revision = (this.revisions.get(orderId) ?? 0) + 1;
    this.revisions.set(orderId, revision);
    const timestamp = this.now();
    if (!next) {
      this.store.delete(orderId);
      this.unpublished.push({ type: 'deleted', event: { orderId, revision, position: '', timestamp } });
      return revision;
    }
    const order: Order = { ...next, revision, updatedAt: timestamp };
    if (order.estimatedDate === undefined) delete order.estimatedDate;
    if (order.closedAt === undefined) delete order.closedAt;
    this.store.set(orderId, order);
    const { status, estimatedDate, closedAt } = order;
    const update = {
      ...{ orderId, revision, position: '', timestamp, status },
      ...(estimatedDate && { estimatedDate }),
      ...(closedAt && { closedAt }),
    };
    this.unpublished.push(
      known
        ? { type: 'updated', event: this.followed === undefined ? { ...update, order } : update }
        : { type: 'created', event: { orderId, revision, position: '', timestamp, order } },
    );
    return revision;
  }

  /** The next time: each is another one. */
  now(): string {
    return new Date(this.time++).toISOString();
  }

  /** Whether an order has, or had, this id. */
  isTaken(orderId: string): boolean {
    return this.revisions.has(orderId);
  }

  publish(count: number): void {
    for (const change of this.unpublished.splice(0, count)) {
      const position = `e${this.epoch}:${this.log.length + 1}`;
      const published = { ...change, event: { ...change.event, position } } as OrderChange;
      this.log.push(published);
      if (this.isConnected && this.isVisible(published)) this.onTheWay.push({ type: 'change', change: published });
    }
  }

  /** The feed loses its data and the changes that are not published yet. */
  lose(count: number): void {
    this.unpublished.splice(0, count);
    this.epoch++;
    this.log = [];
    this.trimmedTo = 0;
    this.say({ type: 'resync', event: { reason: 'new-epoch' } });
  }

  /** Drops the changes that a client that connects later would need. */
  trim(): void {
    this.trimmedTo = this.log.length;
  }

  connect(): void {
    if (this.isConnected || !this.listener) return;
    if (this.isTokenExpired) {
      this.listener.receive({ type: 'failed', error: tokenExpired() });
      return;
    }
    const [epoch, seq] = (this.listener.auth().position ?? ':').split(':');
    const missed = Number(seq);
    const recovered = epoch === `e${this.epoch}` && missed >= this.trimmedTo && missed <= this.log.length;
    const replay = recovered ? this.log.slice(missed).filter((change) => this.isVisible(change)) : [];
    const position = this.head;
    this.isConnected = true;
    this.delivered = [];
    this.listener.receive({ type: 'connected' });
    this.onTheWay = replay.map((change) => ({ type: 'change', change }));
    const gateway = { gateway: this.gateway, heartbeatMs: HEARTBEAT_MS };
    const event = { position, recovered, replayed: replay.length, live: this.isFeedLive, ...gateway };
    this.say({ type: 'ready', event });
  }

  /** The gateway begins, or ceases, to get changes. */
  toggleLive(): void {
    this.isFeedLive = !this.isFeedLive;
    this.beat();
  }

  cut(): void {
    if (!this.isConnected) return;
    this.isConnected = false;
    this.onTheWay = [];
    this.listener?.receive({ type: 'disconnected' });
  }

  /** The gateway gets changes again, at the latest when all else is calm. */
  beLive(): void {
    this.isFeedLive = true;
    this.beat();
  }

  beat(): void {
    this.say({ type: 'feed', event: { position: this.head, live: this.isFeedLive } });
  }

  /** Sends a change again that the client has got on this connection. */
  repeat(index: number): void {
    const change = this.delivered[index % Math.max(this.delivered.length, 1)];
    if (this.isConnected && change) this.onTheWay.push({ type: 'change', change });
  }

  /** Loses the next message, unless the client could never notice. @returns the order of the lost change */
  drop(): string | undefined {
    const [next] = this.onTheWay;
    if (next?.type !== 'change' || next.change.type === 'deleted') return undefined;
    this.onTheWay.shift();
    return next.change.event.orderId;
  }

  deliver(count: number): void {
    for (let i = 0; i < count; i++) {
      const message = this.onTheWay.shift();
      if (!message || !this.listener) return;
      if (message.type === 'change') this.delivered.push(message.change);
      this.listener.receive(message);
    }
  }

  private get head(): string | undefined {
    return this.log.length > 0 ? `e${this.epoch}:${this.log.length}` : undefined;
  }

  private isVisible({ type, event }: OrderChange): boolean {
    return this.followed === undefined || (type !== 'created' && event.orderId === this.followed);
  }

  private say(event: TransportEvent): void {
    if (this.isConnected) this.onTheWay.push(event);
  }
}

/** Orders whose ids end in the same digit were issued at the same time. */
export const anOrder = (orderId: string, change: Partial<Order> = {}): Order => ({
  orderId,
  customerId: 'ana',
  title: 'Annual report',
  quantity: 500,
  status: 'In Production',
  dateIssued: `2026-01-0${orderId.at(-1) ?? ''}T00:00:00.000Z`,
  revision: 1,
  updatedAt: '2026-01-01T00:00:00.000Z',
  ...change,
});

export const unavailable = () => new TrackerError('The service cannot do this right now', { code: 'unavailable' });

export const tokenExpired = () => new TrackerError('The token has expired', { code: 'token_expired' });
