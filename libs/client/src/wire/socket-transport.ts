import { io, type Socket } from 'socket.io-client';
import { type ClientToServerEvents, type ConnectAuth, type ServerToClientEvents } from '@galley/contracts';
import { type Clock, type Jitter } from '../sync/clock.js';
import { Retries } from '../sync/retries.js';
import { TrackerError } from '../sync/tracker-error.js';
import { type TransportEvent, type TransportListener } from '../sync/transport.js';
import { toConnectFailure, toEarlyEnd } from './connect-failure.js';
import { currentToken, type Token } from './token.js';
import { onWake } from './wake-events.js';

/** How long an attempt to connect may take. */
const CONNECT_WITHIN_MS = 10_000;

/**
 * An attempt that has taken this long when the page wakes was most likely made while the network was away, and would wait
 * in vain.
 */
const PATIENCE_AFTER_WAKE_MS = 1_000;

export interface SocketOptions {
  /** The URL of Galley. Its path is for REST only. */
  url: string;
  /** The path of Socket.IO. */
  path?: string;
  token?: Token;
  jitter: Jitter;
  clock: Clock;
}

/** The listener of the one connection. */
export interface SocketListener extends TransportListener {
  /** Returns the orders to follow from the beginning, or undefined for all that the connection may see. */
  orderIds(): readonly string[] | undefined;
}

type GalleySocket = Socket<ServerToClientEvents, ClientToServerEvents>;

/** A connection over Socket.IO. It is made again whenever it is lost. */
export class SocketTransport {
  readonly #options: SocketOptions;
  #socket?: GalleySocket;
  /** The token of the connection, or the one that it was renewed with. */
  #token?: string;
  /** How many attempts to connect there were. A token that was requested for an earlier attempt is not used. */
  #attempts = 0;
  readonly #retries: Retries;
  /** The attempt under way. */
  #connecting?: { since: number; cancelRestart?: () => void };
  /** Whether the gateway has said that the connection is ready. */
  #isReady = false;
  #stopListeningForWake?: () => void;

  constructor(options: SocketOptions) {
    this.#options = options;
    this.#retries = new Retries(options.clock, options.jitter);
  }

  open(listener: SocketListener): void {
    const { origin } = new URL(this.#options.url);
    const socket: GalleySocket = io(origin, {
      path: this.#options.path,
      autoConnect: false,
      forceNew: true,
      // WebSocket first: it takes one request instead of five, and needs no sticky sessions.
      transports: ['websocket', 'polling'],
      tryAllTransports: true,
      // `retries` reconnects, because it knows how long the gateway asked to wait.
      reconnection: false,
      timeout: CONNECT_WITHIN_MS,
      auth: (send) => void this.#authenticate(listener, send),
    });
    this.#socket = socket;
    socket.on('connect', () => {
      this.#attemptEnds();
      listener.receive({ type: 'connected' });
    });
    socket.on('disconnect', (reason) => {
      const wasReady = this.#isReady;
      this.#isReady = false;
      listener.receive({ type: 'disconnected' });
      if (wasReady) this.#retries.schedule(this.#connect);
      else this.#fail(listener, toEarlyEnd(reason, this.#options.url));
    });
    socket.on('connect_error', (error) => {
      this.#fail(listener, error);
    });
    socket.on('tokenExpiring', () => void this.#renewToken());
    socket.onAny((name: string, event: object) => {
      if (name === 'ready') {
        this.#isReady = true;
        this.#retries.succeeded();
      }
      const message = toTransportEvent(name, event as never);
      if (message) listener.receive(message);
    });
    this.#stopListeningForWake = onWake(() => {
      listener.receive({ type: 'woken' });
      this.#wake();
    });
    this.#connect();
  }

  reconnect(): void {
    if (this.#socket?.connected) this.#socket.disconnect();
    else if (!this.#retries.isWaiting) this.#retries.schedule(this.#connect);
  }

  /**
   * Follows one order more, or all orders, until the connection ends.
   * @returns the refusal, if the gateway refuses it. It never resolves if the connection ends first.
   */
  join(orderId?: string): Promise<TrackerError | undefined> {
    return new Promise((resolve) => {
      this.#socket?.emit('joinRoom', { orderId }, (answer) => {
        resolve(answer.ok ? undefined : new TrackerError(answer.error.message, { code: answer.error.code }));
      });
    });
  }

  leave(orderId: string): void {
    this.#socket?.emit('leaveRoom', { orderId });
  }

  close(): void {
    this.#attempts++;
    this.#attemptEnds();
    this.#retries.cancel();
    this.#retries.succeeded();
    this.#stopListeningForWake?.();
    this.#socket?.off().disconnect();
    this.#socket = undefined;
    this.#isReady = false;
  }

  readonly #connect = (): void => {
    this.#attemptEnds();
    this.#connecting = { since: this.#options.clock.now() };
    this.#socket?.connect();
  };

  #attemptEnds(): void {
    this.#connecting?.cancelRestart?.();
    this.#connecting = undefined;
  }

  async #authenticate(listener: SocketListener, send: (auth: Partial<ConnectAuth>) => void): Promise<void> {
    const attempt = ++this.#attempts;
    try {
      const token = await currentToken(this.#options.token);
      // The attempt that requested the token may have been replaced by another one.
      if (attempt !== this.#attempts) return;
      this.#token = token;
      const rooms = listener.orderIds()?.map((orderId) => ({ orderId }));
      send({ ...listener.auth(), rooms, token });
    } catch (cause) {
      if (attempt !== this.#attempts) return;
      this.#socket?.disconnect();
      this.#fail(listener, cause);
    }
  }

  /** Renews the token of the connection if there is a newer one. Otherwise the gateway closes the connection. */
  async #renewToken(): Promise<void> {
    const attempts = this.#attempts;
    const token = await currentToken(this.#options.token).catch(() => undefined);
    if (token === undefined || token === this.#token || attempts !== this.#attempts || !this.#socket?.connected) return;
    this.#token = token;
    this.#socket.emit('refreshToken', { token });
  }

  #fail(listener: TransportListener, cause: unknown): void {
    this.#attemptEnds();
    const error = toConnectFailure(cause, this.#options.url);
    if (error.permanent) this.#retries.cancel();
    else this.#retries.schedule(this.#connect, error.options.retryAfterMs);
    listener.receive({ type: 'failed', error });
  }

  #wake(): void {
    this.#retries.wake();
    if (!this.#connecting || this.#connecting.cancelRestart) return;
    const { clock } = this.#options;
    const waitMs = this.#connecting.since + PATIENCE_AFTER_WAKE_MS - clock.now();
    this.#connecting.cancelRestart = clock.after(Math.max(waitMs, 0), () => {
      this.#socket?.disconnect();
      this.#connect();
    });
  }
}

/** @returns undefined for an event that does not concern trackers */
function toTransportEvent(name: string, event: never): TransportEvent | undefined {
  switch (name) {
    case 'ready':
    case 'resync':
    case 'feed':
    case 'announcement':
      return { type: name, event };
    case 'orderCreated':
      return { type: 'change', change: { type: 'created', event } };
    case 'orderDeleted':
      return { type: 'change', change: { type: 'deleted', event } };
    default:
      if (name !== 'orderUpdated' && !name.endsWith('/update')) return undefined;
      return { type: 'change', change: { type: 'updated', event } };
  }
}
