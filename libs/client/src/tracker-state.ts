import { type Order } from '@galley/contracts';
import { type ConnectionState } from './sync/connection-state.js';
import { type Synchronizer } from './sync/synchronizer.js';
import { type PendingEdit, type RefusedEdit } from './writes/reported-edits.js';
import { type Writer } from './writes/writer.js';

interface TrackerState {
  connection: ConnectionState;
  /** The edits that are not stored yet, the oldest first. They are applied to what the state shows. */
  pending: readonly PendingEdit[];
  /** The newest 20 edits that were taken back, the oldest first, until they are dismissed. */
  refused: readonly RefusedEdit[];
}

export interface OrdersState extends TrackerState {
  /** Newest first by `dateIssued`, ties by `orderId`, the greater first. */
  orders: readonly Order[];
  /** False while the first pages are shown, and the others are read. */
  isComplete: boolean;
  /** The position of these orders in the change feed: a text that only the server can read. */
  position?: string;
}

export interface OrderState extends TrackerState {
  /** Absent while the order is not known, and if there is none. */
  order?: Order;
  /** Whether there was such an order and it was deleted. */
  deleted: boolean;
}

/** What the state of a tracker is made of. */
export interface Sources {
  synchronizer: Synchronizer;
  writer: Writer;
}

const trackerState = ({ synchronizer: { connection }, writer: { pending, refused } }: Sources): TrackerState => ({
  connection,
  pending,
  refused,
});

export function ordersState(sources: Sources): OrdersState {
  const { synchronizer, writer } = sources;
  const { shown, isComplete, position } = synchronizer;
  return { ...trackerState(sources), orders: writer.orders.list(shown), isComplete, position };
}

export function orderState(sources: Sources, orderId: string): OrderState {
  const { shown } = sources.synchronizer;
  const { orders } = sources.writer;
  return { ...trackerState(sources), order: orders.get(shown, orderId), deleted: orders.isDeleted(shown, orderId) };
}
