import { bearerOf } from '@galley/access';
import { parseOrRefuse, position, readChanges, type ConnectAuth } from '@galley/contracts';
import { tooManyRooms } from '../connections/connect-requests.js';

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
  const { since, orderId: ids, feed } = parseOrRefuse(readChanges, request.query, 'query');
  return {
    token: bearerOf(request.headers.authorization),
    position: lastEventId(request) ?? since,
    rooms: ids?.map((id) => ({ orderId: id })),
    feed: feed ?? false,
  };
}

/** A browser that reconnects sends it, and goes on with the URL that it began with, so it is the newer one. */
function lastEventId({ headers }: ChangesRequest): string | undefined {
  const { 'last-event-id': given } = headers;
  if (given === undefined || given === '') return undefined;
  return parseOrRefuse(position, given, 'Last-Event-ID');
}
