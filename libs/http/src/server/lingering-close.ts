import { type Socket } from 'node:net';

/** How long, and how many bytes, an answered peer may still send. */
const LINGER_MS = 5_000;
const MAX_LINGER_BYTES = 16 * 1024 * 1024;
const CHECK_EVERY_MS = 100;

/**
 * Lets a peer finish what it is sending although it has its answer already. If the connection were closed at once, the
 * system would reset it because of the bytes that nobody has read, and a reset may overtake the answer.
 */
export function readOn(socket: Socket): void {
  const until = performance.now() + LINGER_MS;
  const mostBytes = socket.bytesRead + MAX_LINGER_BYTES;
  const timer = setInterval(() => {
    if (socket.bytesRead > mostBytes || performance.now() > until) socket.destroy();
  }, CHECK_EVERY_MS).unref();
  socket.once('close', () => {
    clearInterval(timer);
  });
}
