export {
  createClient,
  trackOrder,
  trackOrders,
  type Client,
  type OrdersState,
  type OrdersTracker,
  type OrderState,
  type OrderTracker,
} from './writing-client.js';
export { type WritingTracker as Tracker, type WritingTrackerEvents as TrackerEvents } from './writing-tracker.js';
export { type EditTexts, type NewOrder, type OrderFields, type Write } from './writes/write.js';
export { type PendingEdit, type RefusedEdit } from './writes/reported-edits.js';
export { WriteError, type WriteRefusal } from './writes/write-error.js';
export { type Writes } from './writes/writes.js';
export * from './shared-exports.js';
