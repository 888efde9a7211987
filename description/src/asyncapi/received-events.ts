import { type z } from 'zod';
import {
  joinedAck,
  joinRequest,
  refreshToken,
  renewedAck,
  type ClientToServerEvents,
  type ErrorCode,
} from '@galley/contracts';

interface ReceivedEvent {
  summary: string;
  description: string;
  payload: z.ZodType;
  /** The acknowledgement of an event that was accepted. */
  ack: z.ZodType;
  /** The codes in the acknowledgement of an event that was refused. */
  refusals: readonly ErrorCode[];
}

/** Any event of a client may be refused with these. */
const OF_EACH: readonly ErrorCode[] = ['invalid_request', 'too_many_requests', 'internal_error'];

/** The events that clients send. The compiler knows that none is missing. */
export const RECEIVED_EVENTS: Record<keyof ClientToServerEvents, ReceivedEvent> = {
  joinRoom: {
    summary: 'Follow one order, or all again.',
    description:
      'With an `orderId`, the connection follows this order instead of all. Repeat it to follow several. Without one, or without a payload, it follows all orders that it may see.',
    payload: joinRequest,
    ack: joinedAck,
    refusals: [...OF_EACH, 'order_not_found', 'too_many_rooms'],
  },
  leaveRoom: {
    summary: 'No longer follow one order, or all.',
    description: 'Without an `orderId`, or without a payload, the connection no longer follows all orders.',
    payload: joinRequest,
    ack: joinedAck,
    refusals: [...OF_EACH, 'order_not_found'],
  },
  refreshToken: {
    summary: 'Continue with a new token of the same user.',
    description: 'After `tokenExpiring`, or at any time.',
    payload: refreshToken,
    ack: renewedAck,
    refusals: [...OF_EACH, 'token_invalid', 'token_expired', 'signed_out', 'forbidden', 'unavailable'],
  },
};

/** What `connect_error` may say. After `retryable` ones, the client tries again. */
export const CONNECT_REFUSALS: readonly ErrorCode[] = [
  'invalid_request',
  'unauthenticated',
  'token_invalid',
  'token_expired',
  'signed_out',
  'order_not_found',
  'too_many_rooms',
  'too_many_requests',
  'too_many_connections',
  'internal_error',
  'unavailable',
];
