import { ServerResponse, type IncomingMessage } from 'node:http';
import { ERRORS, type GalleyError } from '@galley/contracts';
import { toProblemBytes, writeProblem } from '@galley/http';

/** A request as engine.io gives it to its middlewares, with the parsed query. */
export interface EngineRequest extends IncomingMessage {
  _query: Partial<Record<string, string>>;
}

/** A middleware of engine.io. For an upgrade, the response is a stand-in that cannot carry a status. */
export type EngineMiddleware = (request: EngineRequest, response: object, next: () => void) => void;

/** Whether a request says that it belongs to a connection: of a polling client, or for its upgrade to WebSocket. */
export const namesConnection = ({ _query }: EngineRequest): boolean => Boolean(_query.sid);

/**
 * Answers a request or an upgrade with a problem document. engine.io itself would answer each refused upgrade with 400, and
 * cannot answer 503, which makes a proxy in front try another replica.
 */
export function refuseRequest(request: IncomingMessage, response: object, refusal: GalleyError): void {
  if (response instanceof ServerResponse) {
    // A client that this replica has no place for should not keep its connection to it.
    if (ERRORS[refusal.code].status === 503) response.shouldKeepAlive = false;
    writeProblem(request, response as ServerResponse, refusal);
  } else {
    const { socket } = request;
    // Node no longer listens for errors of a socket that is to be upgraded.
    socket.on('error', () => undefined);
    socket.end(toProblemBytes(refusal), () => socket.destroy());
  }
}
