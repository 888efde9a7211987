import { z } from 'zod';
import { type Ack } from './ack.js';
import { instant, order, orderId, orderState, revision, staffPart, type UPDATE_FIELDS } from './order.js';
import { position } from './position.js';
import { type RoomRequest, type RoomsJoined } from './rooms.js';
import {
  type FeedEvent,
  type ReadyEvent,
  type RefreshToken,
  type ResyncEvent,
  type TokenExpiringEvent,
  type TokenRefreshed,
} from './connect.js';

/** The fields of every change. */
const change = {
  /** The order that changed. */
  orderId,
  /** Counts the committed changes of this order: 1, 2, 3 ... */
  revision,
  /** The position of this change in the change feed. */
  position,
  /** When the change occurred. */
  timestamp: instant,
  /** Text to show to the user. */
  message: z.string().optional(),
  ...staffPart.shape,
};

/** An order was placed. */
export const orderCreatedEvent = z.strictObject({
  ...change,
  /** The order right after the change. */
  order,
});
export type OrderCreatedEvent = z.infer<typeof orderCreatedEvent>;

const { status, estimatedDate, closedAt } = orderState.shape;
/** One order changed: for those who follow this order. */
export const orderUpdateEvent = z.strictObject({ ...change, status, estimatedDate, closedAt } satisfies Record<
  (typeof UPDATE_FIELDS)[number],
  unknown
>);
export type OrderUpdateEvent = z.infer<typeof orderUpdateEvent>;

/** An order changed: for those who follow all orders that they may see. */
export const orderUpdatedEvent = orderUpdateEvent.extend({
  /** The order right after the change. */
  order,
});
export type OrderUpdatedEvent = z.infer<typeof orderUpdatedEvent>;

/** An order was deleted. */
export const orderDeletedEvent = z.strictObject(change);
export type OrderDeletedEvent = z.infer<typeof orderDeletedEvent>;

/** Sent by the shop to every client on every replica. It is not stored, so a client that is not connected misses it. */
export const announcementEvent = z.strictObject({
  /** What the shop says. */
  message: z.string(),
  /** When it said so. */
  timestamp: instant,
});
export type AnnouncementEvent = z.infer<typeof announcementEvent>;

/** The name of the event that carries the updates of one order. */
export type OrderUpdateEventName = `${string}/update`;
export const orderUpdateEventName = (id: string): OrderUpdateEventName => `${id}/update`;

/** The events that a gateway sends. */
export interface ServerToClientEvents {
  orderCreated: (event: OrderCreatedEvent) => void;
  orderUpdated: (event: OrderUpdatedEvent) => void;
  orderDeleted: (event: OrderDeletedEvent) => void;
  announcement: (event: AnnouncementEvent) => void;
  ready: (event: ReadyEvent) => void;
  resync: (event: ResyncEvent) => void;
  feed: (event: FeedEvent) => void;
  tokenExpiring: (event: TokenExpiringEvent) => void;
  [name: OrderUpdateEventName]: (event: OrderUpdateEvent) => void;
}

type RoomsAck = (answer: Ack<RoomsJoined>) => void;
type RoomArguments = [ack?: RoomsAck] | [room: RoomRequest | undefined, ack?: RoomsAck];

/** The events that a client sends. */
export interface ClientToServerEvents {
  joinRoom: (...args: RoomArguments) => void;
  leaveRoom: (...args: RoomArguments) => void;
  refreshToken: (request: RefreshToken, ack?: (answer: Ack<TokenRefreshed>) => void) => void;
}
