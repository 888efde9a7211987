import { ServerResponse, STATUS_CODES, type IncomingMessage } from 'node:http';
import { toProblem, type GalleyError } from '@galley/contracts';

/** A request as engine.io gives it to its middlewares, with the parsed query. */
export interface EngineRequest extends IncomingMessage {
  _query: Partial<Record<string, string>>;
}

/** A middleware of engine.io. For an upgrade, the response is a stand-in that cannot carry a status. */
export type EngineMiddleware = (request: EngineRequest, response: object, next: () => void) => void;

/** Whether a request belongs to an existing connection: of a polling client, or for its upgrade to WebSocket. */
export const hasConnection = ({ _query }: EngineRequest): boolean => Boolean(_query.sid);

/**
 * Answers a request or an upgrade with a problem document. engine.io itself would answer each refused upgrade with 400, and
 * cannot answer 503, which makes a proxy in front try another replica.
 */
export function refuseRequest(request: IncomingMessage, response: object, refusal: GalleyError): void {
  const problem = toProblem(refusal);
  const { retryAfterSeconds } = refusal.options;
  const body = JSON.stringify(problem);
  const headers = {
    'content-type': 'application/problem+json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    ...(retryAfterSeconds !== undefined && { 'retry-after': String(retryAfterSeconds) }),
    // A client that this replica has no place for should not keep its connection to it.
    ...(problem.status === 503 && { connection: 'close' }),
  };
  if (response instanceof ServerResponse) response.writeHead(problem.status, headers).end(body);
  else refuseUpgrade(request, problem.status, headers, body);
}

function refuseUpgrade({ socket }: IncomingMessage, status: number, headers: object, body: string): void {
  const lines = Object.entries({ ...headers, connection: 'close' }).map(([name, value]) => `${name}: ${value}\r\n`);
  // Node no longer listens for errors of a socket that is to be upgraded.
  socket.on('error', () => undefined);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`, () => socket.destroy());
}
