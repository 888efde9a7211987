export { type ResyncDifference } from './sync/order-change.js';
export { type Token } from './wire/rest.js';
export { type ConnectionState } from './sync/synchronizer.js';
export { trackOrder, type OrderTracker } from './track-order.js';
export { trackOrders, type OrdersTracker, type TrackOptions } from './track-orders.js';
export { TrackerError } from './sync/tracker-error.js';
export { type OrdersState, type OrderState, type Tracker, type TrackerEvents } from './tracker.js';
