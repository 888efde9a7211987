import { type ShownOrders } from './shown-orders.js';

/** Work of a tracker beside reading. It shows something else than the confirmed orders: also edits that are not stored yet. */
export interface Overlay {
  readonly orders: ShownOrders;
  start(): void;
  /** Keeps everything for the next start. */
  stop(): void;
  /** Called when the tracker is closed. */
  end(): void;
  /** Called when the connection is live again, the network is back, or the page is shown again. */
  wake(): void;
  /** Called when the orders have changed, before anybody is told. */
  compare(): void;
  /** Called when a snapshot begins. It has every change that was committed before. */
  snapshotBegins(): void;
  /** Called when the snapshot has replaced the confirmed orders. */
  snapshotTaken(): void;
}
