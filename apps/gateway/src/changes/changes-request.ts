import { z } from 'zod';
import { bearerOf } from '@galley/access';
import { orderId, parseOrRefuse, position, type ConnectAuth } from '@galley/contracts';
import { tooManyRooms } from '../connections/connect-requests.js';

const query = z.strictObject({
  /** The last position that the client knows. */
  since: position.optional(),
  /** The orders to follow, instead of all that the client may see. */
  orderId: z.union([orderId.transform((id) => [id]), z.array(orderId)]).optional(),
  /** Whether to send `feed` events. */
  feed: z.enum(['true', 'false']).optional(),
});

export interface ChangesRequest {
  headers: { authorization?: string; 'last-event-id'?: string | string[] };
  query: unknown;
}

/**
 * What a request for a stream asks for, in the form of a connect request of Socket.IO.
 * @throws GalleyError `invalid_request` or `too_many_rooms`
 */
export function connectAuthOf(request: ChangesRequest, maxRooms: number): ConnectAuth {
  const { orderId: given } = request.query as { orderId?: unknown };
  if (Array.isArray(given) && given.length > maxRooms) throw tooManyRooms(maxRooms);
  const { since, orderId: ids, feed } = parseOrRefuse(query, request.query, 'query');
  return {
    token: bearerOf(request.headers.authorization),
    position: lastEventId(request) ?? since,
    rooms: ids?.map((id) => ({ orderId: id })),
    feed: feed === 'true',
  };
}

/** A browser that reconnects sends it, and goes on with the URL that it began with, so it is the newer one. */
function lastEventId({ headers }: ChangesRequest): string | undefined {
  const { 'last-event-id': given } = headers;
  if (given === undefined || given === '') return undefined;
  return parseOrRefuse(position, given, 'Last-Event-ID');
}
