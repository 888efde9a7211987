import {
  type AnnouncementEvent,
  type ConnectAuth,
  type FeedEvent,
  type OrderPage,
  type ReadyEvent,
  type ResyncEvent,
} from '@galley/contracts';
import { type OrderChange } from './order-change.js';
import { type TrackerError } from './tracker-error.js';

/** What a transport tells of a connection: `connected`, then what the gateway sends, in order, then `disconnected`. */
export interface TransportListener {
  /** What to say on connecting, asked for each connection anew. */
  auth(): Pick<ConnectAuth, 'position' | 'feed'>;
  connected(): void;
  /** The transport is about to connect again by itself. */
  disconnected(): void;
  ready(event: ReadyEvent): void;
  resync(event: ResyncEvent): void;
  feed(event: FeedEvent): void;
  change(change: OrderChange): void;
  announcement(event: AnnouncementEvent): void;
  /**
   * An attempt to connect has failed: the gateway cannot be reached, or does not let us in. Unless that is permanent, the
   * transport is about to try again by itself.
   */
  failed(error: TrackerError): void;
  /** The machine or the page was asleep, or the network away. */
  woken(): void;
}

/** A connection to a gateway that is made again whenever it is lost. */
export interface Transport {
  /** Connects, and tells the listener of it from now on, never within this call. */
  open(listener: TransportListener): void;
  /** Gives the present connection up, if there is one (the listener is told), and connects anew, soon. */
  reconnect(): void;
  /** Ends it; the listener hears nothing more, unless it is opened again. */
  close(): void;
}

/**
 * Reads one page of the orders.
 * @param cursor `nextCursor` of the page before; absent for the first page
 * @throws TrackerError
 */
export type FetchPage = (cursor: string | undefined, signal: AbortSignal) => Promise<OrderPage>;
