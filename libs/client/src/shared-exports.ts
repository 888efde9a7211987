export { type ResyncDifference } from './sync/order-change.js';
export { type Token } from './wire/token.js';
export { type ConnectionState } from './sync/connection-state.js';
export { type OrderFilter } from './order-filter.js';
export { type TrackOrdersOptions } from './orders-scope.js';
export { type TrackOptions } from './track-options.js';
export { TrackerError } from './sync/tracker-error.js';
export { ORDER_STATUSES, type OrderStatus } from '@galley/contracts/order-status';
export {
  type Ack,
  type Actor,
  type AnnouncementEvent,
  type ChangeOrder,
  type ChangeType,
  type ClientToServerEvents,
  type ConnectAuth,
  type ConnectRefusal,
  type ErrorCode,
  type FeedEvent,
  type FieldError,
  type HistoryEntry,
  type Order,
  type OrderContent,
  type OrderCounts,
  type OrderCreatedEvent,
  type OrderDeletedEvent,
  type OrderHistory,
  type OrderPage,
  type OrderUpdatedEvent,
  type OrderUpdateEvent,
  type OrderUpdateEventName,
  type PlaceOrderInput,
  type Problem,
  type ReadyEvent,
  type RefreshToken,
  type ResyncEvent,
  type RoomRequest,
  type RoomsJoined,
  type ServerToClientEvents,
  type StaffPart,
  type TokenExpiringEvent,
  type TokenRefreshed,
  type TrackingLink,
} from '@galley/contracts';
