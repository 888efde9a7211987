export { type ResyncDifference } from './order-change.js';
export { type Token } from './rest.js';
export { type ConnectionState } from './session.js';
export { trackOrder, type OrderTracker } from './track-order.js';
export { trackOrders, type OrdersTracker, type TrackOptions } from './track-orders.js';
export { TrackerError } from './tracker-error.js';
export { type OrdersState, type OrderState, type Tracker, type TrackerEvents } from './tracker.js';
