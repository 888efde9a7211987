import { io, type Socket } from 'socket.io-client';
import { type ClientToServerEvents, type ConnectAuth, type ServerToClientEvents } from '@galley/contracts';
import { backoff, type Clock, type Jitter } from '../sync/clock.js';
import { type Transport, type TransportListener } from '../sync/transport.js';
import { toConnectFailure } from './connect-failure.js';
import { currentToken, type Token } from './rest.js';
import { onWake } from './wake-events.js';

/**
 * How soon a page that was asleep connects again. The delay is random, because all pages of a network wake together.
 */
const WAKE_WITHIN_MS = 500;

export interface SocketOptions {
  /** The URL of Galley. Its path is for REST only. */
  url: string;
  /** The path of Socket.IO. */
  path?: string;
  token?: Token;
  /** The one order to follow; if absent, all orders that the connection may see. */
  orderId?: string;
  jitter: Jitter;
  clock: Clock;
}

/** A transport over Socket.IO, with its own connection. */
export class SocketTransport implements Transport {
  private socket?: Socket<ServerToClientEvents, ClientToServerEvents>;
  /** The token of the connection, or the one that it was renewed with. */
  private token?: string;
  /** How many attempts to connect there were. A token that was requested for an earlier attempt is not used. */
  private attempts = 0;
  private failures = 0;
  /** Set while the next attempt is scheduled. */
  private cancelAttempt?: () => void;
  /** A page that wakes must not connect before this time. */
  private notBefore = 0;
  private stopListeningForWake?: () => void;

  constructor(private readonly options: SocketOptions) {}

  open(listener: TransportListener): void {
    const { origin } = new URL(this.options.url);
    const socket: typeof this.socket = io(origin, {
      path: this.options.path,
      autoConnect: false,
      forceNew: true,
      // WebSocket first: it takes one request instead of five, and needs no sticky sessions.
      transports: ['websocket', 'polling'],
      tryAllTransports: true,
      // `connectSoon` reconnects, because it knows how long the gateway asked to wait.
      reconnection: false,
      auth: (send) => void this.authenticate(listener, send),
    });
    this.socket = socket;
    socket.on('connect', () => {
      this.failures = 0;
      listener.connected();
    });
    socket.on('disconnect', () => {
      listener.disconnected();
      this.connectSoon();
    });
    socket.on('connect_error', (error) => {
      this.fail(listener, error);
    });
    socket.on('tokenExpiring', () => void this.renewToken());
    this.hear(socket, listener);
    this.stopListeningForWake = onWake(() => {
      listener.woken();
      this.wake();
    });
    socket.connect();
  }

  reconnect(): void {
    if (this.socket?.connected) this.socket.disconnect();
    else this.connectSoon();
  }

  close(): void {
    this.attempts++;
    this.cancelAttempt?.();
    this.cancelAttempt = undefined;
    this.stopListeningForWake?.();
    this.socket?.off().disconnect();
    this.socket = undefined;
    this.failures = 0;
  }

  private hear(socket: NonNullable<typeof this.socket>, listener: TransportListener): void {
    const { orderId } = this.options;
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
    socket.on('orderDeleted', (event) => {
      if (event.orderId === (orderId ?? event.orderId)) listener.change({ type: 'deleted', event });
    });
    if (orderId !== undefined) {
      socket.on(`${orderId}/update`, (event) => {
        listener.change({ type: 'updated', event });
      });
      return;
    }
    socket.on('orderCreated', (event) => {
      listener.change({ type: 'created', event });
    });
    // The other event of an update, `{orderId}/update`, contains nothing more.
    socket.on('orderUpdated', (event) => {
      listener.change({ type: 'updated', event });
    });
  }

  private async authenticate(listener: TransportListener, send: (auth: object) => void): Promise<void> {
    const { orderId } = this.options;
    const attempt = ++this.attempts;
    try {
      const token = await currentToken(this.options.token);
      // The attempt that requested the token may have been replaced by another one.
      if (attempt !== this.attempts) return;
      this.token = token;
      const auth: Partial<ConnectAuth> = {
        ...listener.auth(),
        ...(orderId !== undefined && { rooms: [{ orderId }] }),
        ...(token !== undefined && { token }),
      };
      send(auth);
    } catch (cause) {
      if (attempt !== this.attempts) return;
      this.socket?.disconnect();
      this.fail(listener, cause);
    }
  }

  /** Renews the token of the connection if there is a newer one. Otherwise the gateway closes the connection. */
  private async renewToken(): Promise<void> {
    const { attempts } = this;
    const token = await currentToken(this.options.token).catch(() => undefined);
    if (token === undefined || token === this.token || attempts !== this.attempts || !this.socket?.connected) return;
    this.token = token;
    this.socket.emit('refreshToken', { token });
  }

  private fail(listener: TransportListener, cause: unknown): void {
    const error = toConnectFailure(cause, this.options.url);
    if (!error.permanent) this.connectSoon(error.options.retryAfter);
    listener.failed(error);
  }

  /** @param retryAfterMs how long the gateway asks to wait at least */
  private connectSoon(retryAfterMs = 0): void {
    const { clock, jitter } = this.options;
    this.notBefore = clock.now() + retryAfterMs;
    this.schedule(Math.max(backoff(++this.failures, jitter), retryAfterMs));
  }

  private wake(): void {
    if (!this.cancelAttempt) return;
    const { clock, jitter } = this.options;
    this.failures = 0;
    this.schedule(Math.max(jitter() * WAKE_WITHIN_MS, this.notBefore - clock.now()));
  }

  private schedule(delayMs: number): void {
    this.cancelAttempt?.();
    this.cancelAttempt = this.options.clock.after(delayMs, () => {
      this.cancelAttempt = undefined;
      this.socket?.connect();
    });
  }
}
