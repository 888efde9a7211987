import { type OrderState, type OrderTracker, type OrderUpdateEvent } from '@galley/client/read';
import { currentTime } from '../page/time-of-day.js';
import { type GivenLink } from './given-link.js';
import { type Connection, type Shown } from './page-texts.js';
import { readOrder, type End, type KnownOrder } from './read-order.js';

/** How long the first connection may take before the order is looked up again. */
const CONNECT_WITHIN_MS = 5_000;
/** How often the order is looked up while the page is not live. */
const ASK_EVERY_MS = 30_000;
/** How often while nothing is known yet. */
const TRY_EVERY_MS = 4_000;

/** Keeps the order of a link current: reads it by REST, then follows it live, and reads again wherever that does not suffice. */
export class Following {
  private known?: KnownOrder;
  private end?: End;
  /** When the order was certainly as it is shown, in milliseconds since 1970. */
  private confirmedAtMs = 0;
  /** The time of the first of the requests that REST did not answer, in milliseconds since 1970. */
  private unreachableSinceMs?: number;
  /** Whether REST has answered since the page was live last. */
  private isAsking = false;
  private tracker?: OrderTracker;
  private live: OrderState['connection'] = 'offline';
  private hasConnected = false;
  private timer?: ReturnType<typeof setTimeout>;
  private reading?: Promise<void>;

  private listener?: (shown: Shown) => void;

  /** Begins to read at once. */
  constructor(private readonly link: GivenLink) {
    const lookAgain = () => {
      if (document.visibilityState === 'visible' && this.live !== 'live') void this.read();
    };
    addEventListener('online', lookAgain);
    document.addEventListener('visibilitychange', lookAgain);
    void this.read();
  }

  /** @param listener is called with what is known, at once and after each change */
  subscribe(listener: (shown: Shown) => void): void {
    this.listener = listener;
    listener(this.shown);
  }

  get shown(): Shown {
    const { known, end, confirmedAtMs } = this;
    if (end) return { kind: end };
    if (known) return { kind: 'order', known, connection: this.connection(), confirmedAtMs };
    return { kind: this.unreachableSinceMs === undefined ? 'reading' : 'away' };
  }

  /** Looks the order up by REST, unless that is under way. */
  private read(): Promise<void> {
    this.reading ??= this.ask().finally(() => {
      this.reading = undefined;
    });
    return this.reading;
  }

  private async ask(): Promise<void> {
    clearTimeout(this.timer);
    const answer = await readOrder(this.link);
    if (this.end) return;
    if (answer.kind === 'order') this.confirm(answer.known);
    else if (answer.kind === 'away') this.unreachableSinceMs ??= currentTime();
    else this.end = answer.kind;
    this.publish();
    if (this.end) this.tracker?.close();
    else this.askLater();
  }

  private confirm(known: KnownOrder): void {
    const isFirst = !this.known;
    // What came live meanwhile may be newer.
    if (!this.known || known.order.revision >= this.known.order.revision) this.known = known;
    this.confirmedAtMs = currentTime();
    this.unreachableSinceMs = undefined;
    this.isAsking = !isFirst;
    if (!this.tracker) void this.goLive();
  }

  private askLater(): void {
    clearTimeout(this.timer);
    if (this.live === 'live') return;
    const isConnecting = !this.isAsking && this.unreachableSinceMs === undefined;
    const pauseMs = !this.known ? TRY_EVERY_MS : isConnecting ? CONNECT_WITHIN_MS : ASK_EVERY_MS;
    // Between 0.75 and 1.25 of it, so that many pages do not ask at once.
    this.timer = setTimeout(() => void this.read(), pauseMs * (0.75 + Math.random() / 2));
  }

  /** Loads what follows the order once its status is painted, because that must not wait for it. */
  private async goLive(): Promise<void> {
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    // If it cannot be loaded, the next answer of REST tries again.
    const client = await import('@galley/client/read').catch(() => undefined);
    if (!client || this.tracker || this.end) return;
    const { orderId, token } = this.link;
    const tracker = client.trackOrder(orderId, { url: location.origin, token });
    this.tracker = tracker;
    tracker.on('updated', (event) => {
      this.apply(event);
    });
    // REST says whether a refusal is the end of the link.
    tracker.on('error', () => void this.read());
    tracker.subscribe(() => {
      this.follow(tracker.getSnapshot());
    });
  }

  private follow({ connection, order, deleted }: OrderState): void {
    if (this.end) return;
    const wasLive = this.live === 'live';
    this.live = connection;
    this.hasConnected ||= connection !== 'offline';
    if (wasLive && connection !== 'live') this.confirmedAtMs = currentTime();
    if (connection === 'live') {
      clearTimeout(this.timer);
      this.isAsking = false;
      this.unreachableSinceMs = undefined;
    }
    if (deleted) {
      this.end = 'gone';
      this.tracker?.close();
    } else if (order && order.revision === this.known?.order.revision) {
      this.known = { ...this.known, order };
    }
    this.publish();
    const isBehind = order ? order.revision > (this.known?.order.revision ?? 0) : connection === 'live';
    if (isBehind || (wasLive && connection === 'offline')) void this.read();
    else if (connection !== 'live' && !this.reading) this.askLater();
  }

  /** Adds the next change to what is known. Other gaps are closed by reading again. */
  private apply({ revision, timestamp, status, estimatedDate, closedAt, message }: OrderUpdateEvent): void {
    if (revision !== (this.known?.order.revision ?? 0) + 1 || !this.known) return;
    const { order, history } = this.known;
    const { title, quantity } = order;
    const state = { title, quantity, status, estimatedDate, closedAt };
    this.known = {
      order: { ...order, ...state, revision, updatedAt: timestamp },
      history: [...history, { type: 'updated', revision, timestamp, ...state, message }],
    };
  }

  private publish(): void {
    this.listener?.(this.shown);
  }

  private connection(): Connection {
    if (this.live === 'live' || this.live === 'catching-up') return { kind: this.live };
    if (this.unreachableSinceMs !== undefined) return { kind: 'offline', sinceMs: this.unreachableSinceMs };
    if (this.isAsking) return { kind: 'asking' };
    return { kind: this.hasConnected ? 'stale' : 'connecting' };
  }
}
