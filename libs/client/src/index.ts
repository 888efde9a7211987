export { type ResyncDifference } from './sync/order-change.js';
export { type Token } from './wire/token.js';
export { type ConnectionState } from './sync/synchronizer.js';
export { trackOrder, type OrderTracker } from './track-order.js';
export { type OrderFilter } from './order-filter.js';
export { type TrackOptions } from './track-options.js';
export { trackOrders, type OrdersTracker, type TrackOrdersOptions } from './track-orders.js';
export { TrackerError } from './sync/tracker-error.js';
export { type OrdersState, type OrderState, type Tracker, type TrackerEvents } from './tracker.js';
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
