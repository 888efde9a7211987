import { ServerResponse, type IncomingMessage } from 'node:http';
import { gather } from './tcp-writes.js';

/** The response that engine.io gives its middlewares. For an upgrade, `writeHead` is called once they let it pass. */
interface UpgradeAnswer {
  writeHead?: unknown;
  req?: unknown;
}

/**
 * A middleware of engine.io for upgrades. engine.io makes a response for its middlewares, which lives as long as the TCP
 * socket and keeps the request alive. This detaches them from the socket. It also sends the 101 together with the first
 * packet. A refusal is sent at once, because the socket is destroyed right after it.
 */
export function splitUpgrade(request: IncomingMessage, response: UpgradeAnswer, next: () => void): void {
  if (!(response instanceof ServerResponse)) {
    const { socket } = request;
    const ofAnswer = socket.listeners('close').at(-1) as (() => void) | undefined;
    if (ofAnswer && String(ofAnswer) === RESPONSE_CLOSE_LISTENER) socket.off('close', ofAnswer);
    response.writeHead = () => {
      gather(socket);
    };
    next();
    response.req = undefined;
  } else next();
}

/**
 * The listener that keeps engine.io's response of an upgrade alive for as long as the TCP socket. Nobody needs it here.
 */
const RESPONSE_CLOSE_LISTENER = '() => this.emit("close")';
