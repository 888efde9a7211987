import { randomUUID } from 'node:crypto';
import { type IncomingMessage } from 'node:http';
import { fastifyDeadlines } from './deadlines.js';

/** The longest path parameter, in characters: the longest `sub` with each byte percent-encoded. */
const MAX_PARAMETER_LENGTH = 3 * 128;

const REQUEST_ID = /^[\w.:-]{1,64}$/;

/** Options of the HTTP server. */
export function serverOptions({ trustedProxies }: { trustedProxies: string[] }) {
  return {
    // When the server stops, it answers the requests under way and new ones on open connections, then closes those.
    forceCloseConnections: 'idle' as const,
    return503OnClosing: false,
    trustProxy: trustedProxies.length > 0 ? trustedProxies : false,
    ...fastifyDeadlines,
    genReqId: requestId,
    routerOptions: { maxParamLength: MAX_PARAMETER_LENGTH },
  };
}

/** The id that came with the request, so that it can be followed through several services. Without one, a new id. */
function requestId({ headers }: { headers: IncomingMessage['headers'] }): string {
  const { 'x-request-id': given } = headers;
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
}
