export { type ResyncDifference } from './sync/order-change.js';
export { type Token } from './wire/token.js';
export { type ConnectionState } from './sync/connection-state.js';
export { trackOrder, type OrderTracker } from './track-order.js';
export { type OrderFilter } from './order-filter.js';
export { type TrackOptions } from './track-options.js';
export { trackOrders, type OrdersTracker, type TrackOrdersOptions } from './track-orders.js';
export { TrackerError } from './sync/tracker-error.js';
export { type Tracker, type TrackerEvents } from './tracker.js';
export { type OrdersState, type OrderState } from './tracker-state.js';
export { type EditTexts, type NewOrder, type OrderFields, type Write } from './writes/write.js';
export { type PendingEdit, type RefusedEdit } from './writes/reported-edits.js';
export { WriteError, type WriteRefusal } from './writes/write-error.js';
export { type Writes } from './writes/writes.js';
export {
  type Actor,
  type AnnouncementEvent,
  type FeedEvent,
  type Order,
  type OrderCreatedEvent,
  type OrderDeletedEvent,
  type OrderStatus,
  type OrderUpdatedEvent,
  type OrderUpdateEvent,
  type ReadyEvent,
  type ResyncEvent,
  type StaffPart,
  type TokenExpiringEvent,
} from '@galley/contracts';
