import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { Server, type Socket } from 'socket.io';
import {
  type ClientToServerEvents,
  connectAuth,
  type ErrorCode,
  newestFirst,
  type Order,
  type OrderStatus,
  type ServerToClientEvents,
} from '@galley/contracts';
import { matcherOf } from '../src/order-filter.js';
import { anOrder } from './server-model.js';

type Client = Socket<ClientToServerEvents, ServerToClientEvents>;
type Send = (client: Client, followed: ReadonlySet<string>) => void;

/** A replica and the orders API in one. It speaks the protocol of `libs/contracts` and does what the test says. */
export class StandInGateway {
  readonly store = new Map<string, Order>();
  /** The paths and queries of the requests so far, and the `auth` of the connections so far. */
  readonly requests: string[] = [];
  readonly auths: unknown[] = [];
  readonly authorizations: (string | undefined)[] = [];
  /** Tokens that connections were renewed with. */
  readonly renewals: string[] = [];
  /** Answers to the next requests, instead of the correct ones. */
  readonly answers: { status: number; headers?: Record<string, string>; body?: object }[] = [];
  /** Refusals of the next connections: the `data` of the error. */
  readonly refusals: object[] = [];
  /** The codes with which the next requests for a room are refused. */
  readonly roomRefusals: ErrorCode[] = [];
  /** The orders whose rooms were left. */
  readonly left: (string | undefined)[] = [];
  silent = false;
  /** Whether it gets changes, as it says. */
  live = true;
  /** How often the gateway says that it sends `feed`. */
  toldHeartbeatMs: number;
  epoch = 'e1';
  private hold?: { after: number; end: Promise<void> };
  private log: Send[] = [];
  private trimmedTo = 0;
  private readonly http = createServer((request, response) => {
    void this.answer(request, response);
  });
  private readonly io = new Server<ClientToServerEvents, ServerToClientEvents>(this.http);
  private readonly heartbeat: NodeJS.Timeout;

  private constructor(heartbeatMs: number) {
    // A busy machine must not look like a silent gateway.
    this.toldHeartbeatMs = 20 * heartbeatMs;
    this.io.use((client, next) => {
      this.auths.push(client.handshake.auth);
      const data = this.refusals.shift();
      next(data && Object.assign(new Error('refused'), { data }));
    });
    this.io.on('connection', (client) => {
      this.welcome(client);
    });
    this.heartbeat = setInterval(() => {
      if (!this.silent) this.beat();
    }, heartbeatMs);
  }

  static async start(heartbeatMs: number, port = 0): Promise<StandInGateway> {
    const gateway = new StandInGateway(heartbeatMs);
    gateway.http.listen(port, '127.0.0.1');
    await once(gateway.http, 'listening');
    return gateway;
  }

  /** Tells its clients where it stands. */
  beat(): void {
    this.io.emit('feed', { position: this.position, live: this.live });
  }

  get url(): string {
    return `http://127.0.0.1:${(this.http.address() as AddressInfo).port}`;
  }

  /** How many connections there are now. */
  get connections(): number {
    return this.io.engine.clientsCount;
  }

  get position(): string {
    return `${this.epoch}:${this.log.length}`;
  }

  /** Creates the order, or changes it, and sends the change. */
  write(orderId: string, change: Partial<Order> = {}): Order {
    const known = this.store.get(orderId);
    const revision = (known?.revision ?? 0) + 1;
    const timestamp = new Date().toISOString();
    const order = { ...(known ?? anOrder(orderId)), ...change, revision, updatedAt: timestamp };
    this.store.set(orderId, order);
    const position = `${this.epoch}:${this.log.length + 1}`;
    const { status, estimatedDate, closedAt } = order;
    const update = { orderId, status, estimatedDate, closedAt, timestamp, revision, position };
    this.publish((client, followed) => {
      if (followed.size === 0 && !known) client.emit('orderCreated', { orderId, order, revision, position, timestamp });
      if (followed.size === 0 && known) client.emit('orderUpdated', { ...update, order });
      if (known && (followed.size === 0 || followed.has(orderId))) client.emit(`${orderId}/update`, update);
    });
    return order;
  }

  delete(orderId: string): void {
    const revision = (this.store.get(orderId)?.revision ?? 0) + 1;
    this.store.delete(orderId);
    const position = `${this.epoch}:${this.log.length + 1}`;
    this.publish((client, followed) => {
      if (followed.size > 0 && !followed.has(orderId)) return;
      client.emit('orderDeleted', { orderId, revision, position, timestamp: new Date().toISOString() });
    });
  }

  announce(message: string): void {
    this.io.emit('announcement', { message, timestamp: new Date().toISOString() });
  }

  /** The feed has lost the changes that `lost` makes. */
  loseFeed(lost: () => void): void {
    this.silent = true;
    lost();
    this.silent = false;
    this.epoch += 'x';
    this.log = [];
    this.io.emit('resync', { position: this.position, reason: 'new-epoch' });
  }

  /** Drops the changes that disconnected clients would need. */
  trim(): void {
    this.trimmedTo = this.log.length;
  }

  /** Answers no more than the first `count` requests. @returns what answers the others, too */
  answerOnly(count: number): () => void {
    let release: () => void = () => undefined;
    this.hold = { after: count, end: new Promise((resolve) => (release = resolve)) };
    return release;
  }

  /** Breaks every connection without closing it properly. */
  cut(): void {
    for (const client of this.io.sockets.sockets.values()) client.conn.close();
  }

  /** Warns every connection that its token is about to expire. */
  warnOfExpiry(): void {
    this.io.emit('tokenExpiring', { expiresAt: new Date().toISOString() });
  }

  /** Closes every connection on purpose. */
  dismiss(): void {
    this.io.disconnectSockets();
  }

  async close(): Promise<void> {
    clearInterval(this.heartbeat);
    await this.io.close();
  }

  private publish(send: Send): void {
    this.log.push(send);
    if (this.silent) return;
    for (const client of this.io.sockets.sockets.values()) send(client, followedBy(client));
  }

  private welcome(client: Client): void {
    client.on('refreshToken', ({ token }) => this.renewals.push(token));
    const rooms = new Set(connectAuth.parse(client.handshake.auth).rooms?.map(({ orderId }) => orderId ?? '') ?? ['']);
    client.data = { rooms };
    client.on('joinRoom', (...[room, ack]) => {
      const code = this.roomRefusals.shift();
      if (code !== undefined) {
        ack?.({ ok: false, error: { code, message: 'No' } });
        return;
      }
      if (typeof room !== 'function') rooms.add(room?.orderId ?? '');
      // As of a gateway: who joins an order leaves all orders.
      if (typeof room !== 'function' && room?.orderId !== undefined) rooms.delete('');
      ack?.({ ok: true, data: { rooms: [...rooms] } });
    });
    client.on('leaveRoom', (...[room]) => {
      if (typeof room === 'function') return;
      this.left.push(room?.orderId);
      rooms.delete(room?.orderId ?? '');
    });
    const [epoch, seq = ''] = (connectAuth.parse(client.handshake.auth).position ?? '').split(':');
    const recovered = epoch === this.epoch && Number(seq) >= this.trimmedTo;
    const replay = recovered ? this.log.slice(Number(seq)) : [];
    for (const send of replay) send(client, followedBy(client));
    client.emit('ready', {
      position: this.position,
      live: this.live,
      recovered,
      replayed: replay.length,
      gateway: 'stand-in',
      heartbeatMs: this.toldHeartbeatMs,
    });
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '', 'http://galley');
    const count = this.requests.push(url.pathname + url.search);
    this.authorizations.push(request.headers.authorization);
    if (this.hold && count > this.hold.after) await this.hold.end;
    const { status, headers, body } = this.answers.shift() ?? this.orders(url);
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(body ?? {}));
  }

  private orders({ pathname, searchParams }: URL): StandInGateway['answers'][number] {
    const id = /^\/orders\/(.+)$/.exec(pathname)?.[1];
    if (id !== undefined) {
      const order = this.store.get(id);
      return order ? { status: 200, body: order } : { status: 404, body: { code: 'order_not_found' } };
    }
    const matches = matcherOf({
      ...(searchParams.has('open') && { open: searchParams.get('open') === 'true' }),
      ...(searchParams.has('q') && { q: searchParams.get('q') ?? '' }),
      ...(searchParams.has('status') && { status: searchParams.getAll('status') as OrderStatus[] }),
    });
    const all = [...this.store.values()].filter((order) => matches?.(order) ?? true).sort(newestFirst);
    const start = all.findIndex(({ orderId }) => orderId === searchParams.get('cursor')) + 1;
    const orders = all.slice(start, start + Number(searchParams.get('limit')));
    const more = start + orders.length < all.length;
    return { status: 200, body: { orders, ...(more && { nextCursor: orders.at(-1)?.orderId }) } };
  }
}

/** The orders that it follows; empty if it follows all. */
const followedBy = ({ data }: Client): ReadonlySet<string> => {
  const { rooms } = data as { rooms: ReadonlySet<string> };
  return rooms.has('') ? new Set() : rooms;
};
