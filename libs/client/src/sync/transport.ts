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

/** What happens to a connection: `connected`, then what the gateway sends, in order, then `disconnected`. */
export type ConnectionEvent =
  | { type: 'connected' }
  /** The connection has ended. The transport will connect again by itself. */
  | { type: 'disconnected' }
  | { type: 'ready'; event: ReadyEvent }
  | { type: 'resync'; event: ResyncEvent }
  | { type: 'feed'; event: FeedEvent }
  | { type: 'change'; change: OrderChange }
  /**
   * An attempt to connect has failed: the gateway cannot be reached, or refuses the client. Unless the error is permanent, the
   * transport will try again by itself.
   */
  | { type: 'failed'; error: TrackerError };

export type TransportEvent =
  | ConnectionEvent
  | { type: 'announcement'; event: AnnouncementEvent }
  /** The machine or the page was asleep, or the network was away. */
  | { type: 'woken' };

export interface TransportListener {
  /** Returns the auth data for a connection. Called for each connection. */
  auth(): Pick<ConnectAuth, 'position' | 'feed'>;
  receive(event: TransportEvent): void;
}

/** A connection to a gateway. It is made again whenever it is lost. */
export interface Transport {
  /** Connects, and calls the listener from now on, but never within this call. */
  open(listener: TransportListener): void;
  /** Gives up the current connection, if there is one (the listener is called), and connects again soon. */
  reconnect(): void;
  /** Ends the connection. The listener is not called any more, unless the transport is opened again. */
  close(): void;
}

/**
 * Reads one page of the orders.
 * @param cursor the `nextCursor` of the previous page; absent for the first page
 * @throws TrackerError
 */
export type FetchPage = (cursor: string | undefined, signal: AbortSignal) => Promise<OrderPage>;
