import { io, type Socket } from 'socket.io-client';
import {
  type ClientToServerEvents,
  type ConnectAuth,
  type ErrorCode,
  type ServerToClientEvents,
} from '@galley/contracts';
import { backoff, type Clock, type Jitter } from '../sync/clock.js';
import { currentToken, type Token } from './rest.js';
import { TrackerError } from '../sync/tracker-error.js';
import { type Transport, type TransportListener } from '../sync/transport.js';

/** Whether a refusal stays the same, however often one asks. A code that is not known here may pass. */
const IS_PERMANENT: Record<ErrorCode, boolean> = {
  invalid_request: true,
  unauthenticated: true,
  token_invalid: true,
  token_expired: false,
  signed_out: true,
  forbidden: true,
  order_not_found: true,
  route_not_found: true,
  request_timeout: false,
  order_exists: true,
  precondition_failed: true,
  body_too_large: true,
  unsupported_media_type: true,
  idempotency_key_reused: true,
  too_many_rooms: true,
  too_many_requests: false,
  too_many_connections: false,
  headers_too_large: true,
  internal_error: false,
  unavailable: false,
};
const PERMANENT: ReadonlySet<string> = new Set(
  Object.entries(IS_PERMANENT).flatMap(([code, isPermanent]) => (isPermanent ? [code] : [])),
);

export interface SocketOptions {
  /** Where Galley is; its path is for REST only. */
  url: string;
  /** The path of Socket.IO. */
  path?: string;
  token?: Token;
  /** The one order to follow; absent: all orders that the connection may see. */
  orderId?: string;
  jitter: Jitter;
  clock: Clock;
}

/** Socket.IO, on a connection of its own. */
export class SocketTransport implements Transport {
  private readonly socket: Socket<ServerToClientEvents, ClientToServerEvents>;
  private listener?: TransportListener;
  /** What the connection was made with, or has been renewed with since. */
  private token?: string;
  private connects = 0;
  private failures = 0;
  private cancelReconnect?: () => void;

  constructor(private readonly options: SocketOptions) {
    this.socket = io(new URL(options.url).origin, {
      path: options.path,
      autoConnect: false,
      forceNew: true,
      // WebSocket first: one request instead of five, and no need for sticky sessions.
      transports: ['websocket', 'polling'],
      tryAllTransports: true,
      // All clients of a replica lose it at once: they come back at any moment of the next 3 s, later ones of 30 s.
      reconnectionDelay: 1_500,
      reconnectionDelayMax: 30_000,
      randomizationFactor: 1,
      auth: (send) => void this.authenticate(send),
    });
  }

  open(listener: TransportListener): void {
    this.listener = listener;
    const { socket } = this;
    socket.on('connect', () => {
      this.failures = 0;
      listener.connected();
    });
    socket.on('disconnect', () => {
      listener.disconnected();
      // After an end on purpose Socket.IO does not come back by itself.
      if (!socket.active) this.reconnectSoon();
    });
    socket.on('connect_error', (error) => {
      if (!socket.active) this.refused(error);
    });
    socket.on('ready', (event) => {
      listener.ready(event);
    });
    socket.on('resync', (event) => {
      listener.resync(event);
    });
    socket.on('feed', (event) => {
      listener.feed(event);
    });
    socket.on('announcement', (event) => {
      listener.announcement(event);
    });
    socket.on('tokenExpiring', () => void this.renewToken());
    this.listenForChanges(listener);
    socket.connect();
  }

  remake(): void {
    // Its end is answered like one that the server has made.
    if (this.socket.connected) this.socket.disconnect();
    else this.reconnectSoon();
  }

  close(): void {
    this.connects++; // a token that is still awaited is for nobody
    this.cancelReconnect?.();
    this.socket.off();
    this.socket.disconnect();
  }

  private listenForChanges(listener: TransportListener): void {
    const { orderId } = this.options;
    this.socket.on('orderDeleted', (event) => {
      if (event.orderId === (orderId ?? event.orderId)) listener.change({ type: 'deleted', event });
    });
    if (orderId !== undefined) {
      this.socket.on(`${orderId}/update`, (event) => {
        listener.change({ type: 'updated', event });
      });
      return;
    }
    this.socket.on('orderCreated', (event) => {
      listener.change({ type: 'created', event });
    });
    // Its twin, `{orderId}/update`, says nothing more.
    this.socket.on('orderUpdated', (event) => {
      listener.change({ type: 'updated', event });
    });
  }

  private async authenticate(send: (auth: object) => void): Promise<void> {
    const { orderId } = this.options;
    const connect = ++this.connects;
    try {
      const token = await currentToken(this.options.token);
      // The connection that the token was for may be lost by now, and another one be asking.
      if (connect !== this.connects) return;
      this.token = token;
      const auth: Partial<ConnectAuth> = {
        ...this.listener?.auth(),
        ...(orderId !== undefined && { rooms: [{ orderId }] }),
        ...(token !== undefined && { token }),
      };
      send(auth);
    } catch (cause) {
      if (connect !== this.connects) return;
      this.socket.disconnect();
      this.refused(cause);
    }
  }

  /** With a newer token the connection need not end with the old one; without one the gateway ends it. */
  private async renewToken(): Promise<void> {
    const connect = this.connects;
    const token = await currentToken(this.options.token).catch(() => undefined);
    if (token === undefined || token === this.token || connect !== this.connects || !this.socket.connected) return;
    this.token = token;
    this.socket.emit('refreshToken', { token });
  }

  /** @param cause what Socket.IO makes of the gateway's refusal: an Error with `data` `{ code, message }` */
  private refused(cause: unknown): void {
    const { code, message } = ((cause as { data?: unknown } | undefined)?.data ?? {}) as Record<string, unknown>;
    const error = new TrackerError(typeof message === 'string' ? message : TrackerError.from(cause).message, {
      cause,
      ...(typeof code === 'string' && { code, permanent: PERMANENT.has(code) }),
    });
    if (!error.permanent) this.reconnectSoon();
    this.listener?.refused(error);
  }

  private reconnectSoon(): void {
    const { clock, jitter } = this.options;
    this.cancelReconnect?.();
    this.cancelReconnect = clock.after(backoff(++this.failures, jitter), () => this.socket.connect());
  }
}
