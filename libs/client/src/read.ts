export {
  createClient,
  trackOrder,
  trackOrders,
  type Client,
  type OrdersTracker,
  type OrderTracker,
} from './reading-client.js';
export { type Tracker, type TrackerEvents } from './tracker.js';
export { type OrdersState, type OrderState } from './tracker-state.js';
export * from './shared-exports.js';
