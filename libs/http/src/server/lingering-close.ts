import { type IncomingMessage } from 'node:http';
import { type Socket } from 'node:net';

/** How long, and how many bytes, an answered peer may still send. */
const LINGER_MS = 5_000;
const MAX_LINGER_BYTES = 16 * 1024 * 1024;
const CHECK_EVERY_MS = 100;

/**
 * Ends a connection after its last answer, and lets the peer finish what it is sending. If the connection were closed at
 * once, the system would reset it because of the bytes that nobody has read, and a reset may overtake the answer.
 */
export function endThenReadOn(socket: Socket, lastBytes = ''): void {
  socket.end(lastBytes);
  limitRest(socket, () => false);
}

/** Limits what a peer may send of a request that is answered already. After that the connection goes on. */
export function limitRestOf(request: IncomingMessage): void {
  limitRest(request.socket, () => request.complete);
}

function limitRest(socket: Socket, isComplete: () => boolean): void {
  const until = performance.now() + LINGER_MS;
  const mostBytes = socket.bytesRead + MAX_LINGER_BYTES;
  const stop = () => {
    clearInterval(timer);
    socket.off('close', stop);
  };
  const timer = setInterval(() => {
    if (isComplete()) stop();
    else if (socket.bytesRead > mostBytes || performance.now() > until) socket.destroy();
  }, CHECK_EVERY_MS).unref();
  socket.once('close', stop);
}
