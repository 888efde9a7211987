import { randomUUID } from 'node:crypto';
import { type IncomingMessage } from 'node:http';
import { fastifyDeadlines } from '@galley/access';
import { type OrdersApiConfig } from '../orders-api.config.js';

/** Of a path, in characters: the longest `sub`, each byte of it percent-encoded. */
const LONGEST_PARAMETER = 3 * 128;

const REQUEST_ID = /^[\w.:-]{1,64}$/;

/** How the HTTP server deals with its peers. */
export function serverOptions({ trustedProxies }: OrdersApiConfig) {
  return {
    // When it stops, what is under way is answered, and whoever comes on a connection that is open; then that is closed.
    forceCloseConnections: 'idle' as const,
    return503OnClosing: false,
    trustProxy: trustedProxies.length > 0 ? trustedProxies : false,
    ...fastifyDeadlines,
    genReqId: requestId,
    routerOptions: { maxParamLength: LONGEST_PARAMETER },
  };
}

/** The one that comes with the request, so that it can be followed through several services; or a new one. */
function requestId({ headers }: { headers: IncomingMessage['headers'] }): string {
  const { 'x-request-id': given } = headers;
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
}
