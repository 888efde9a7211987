import { type z } from 'zod';
import {
  announcementEvent,
  feedEvent,
  orderCreatedEvent,
  orderDeletedEvent,
  orderUpdatedEvent,
  orderUpdateEvent,
  readyEvent,
  resyncEvent,
  tokenExpiringEvent,
  type OrderUpdateEventName,
  type ServerToClientEvents,
} from '@galley/contracts';

/** The events that a gateway sends, but for the one whose name has the id of an order in it. */
type FixedEvents = {
  [Name in keyof ServerToClientEvents as Name extends OrderUpdateEventName ? never : Name]: ServerToClientEvents[Name];
};

interface SentEvent<Payload> {
  /** The name on the wire, if it is not that of the message. */
  name?: string;
  summary: string;
  description: string;
  payload: z.ZodType<Payload>;
}

/** The events that gateways send, over Socket.IO and as Server-Sent Events alike. The compiler knows that none is missing. */
export const SENT_EVENTS: {
  [Name in keyof FixedEvents]: SentEvent<Parameters<FixedEvents[Name]>[0]>;
} & { orderUpdate: SentEvent<Parameters<ServerToClientEvents[OrderUpdateEventName]>[0]> } = {
  orderCreated: {
    summary: 'An order was placed.',
    description: 'For those who follow all orders that they may see.',
    payload: orderCreatedEvent,
  },
  orderUpdated: {
    summary: 'An order changed.',
    description:
      'For those who follow all orders that they may see. `{orderId}/update` follows, with the same `position`, and completes the change: do not send the position of an `orderUpdated` when you come back.',
    payload: orderUpdatedEvent,
  },
  orderUpdate: {
    name: '{orderId}/update',
    summary: 'The order with the id in the name of the event changed.',
    description: 'For those who follow this order, or all orders that they may see. For example `job-1/update`.',
    payload: orderUpdateEvent,
  },
  orderDeleted: {
    summary: 'An order was deleted.',
    description: 'For those who follow this order, or all orders that they may see.',
    payload: orderDeletedEvent,
  },
  announcement: {
    summary: 'The shop has something to say.',
    description: 'For everybody who is connected. It is not stored, so a client that is not connected misses it.',
    payload: announcementEvent,
  },
  ready: {
    summary: 'The client is up to date from now on.',
    description:
      'Once on each connection: after the changes that the client missed, before any other change. If `recovered` is false, changes are missing, and the client must fetch the orders again.',
    payload: readyEvent,
  },
  resync: {
    summary: 'Changes are missing and will never be sent.',
    description: 'The client must fetch the orders again.',
    payload: resyncEvent,
  },
  feed: {
    summary: 'How far the client is.',
    description: 'For those who asked for it: every few seconds, and whenever `live` changes.',
    payload: feedEvent,
  },
  tokenExpiring: {
    summary: 'The token of the connection ends soon.',
    description:
      'A minute before the token ends, but no earlier than half-way. Over Socket.IO, `refreshToken` keeps the connection. Otherwise the gateway closes it when the token ends.',
    payload: tokenExpiringEvent,
  },
};
