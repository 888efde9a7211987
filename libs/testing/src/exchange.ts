import { connect } from 'node:net';

/** How long the server may take to end the connection. */
const DEADLINE_MS = 20_000;

/**
 * Sends bytes, which need not be HTTP.
 * @returns everything that the server sends until it ends the connection
 */
export function exchange(url: string, bytes: Buffer): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    let received = '';
    const socket = connect({ host: hostname, port: Number(port) });
    socket.on('data', (data) => (received += data.toString('latin1')));
    socket.on('error', () => undefined); // a reset also ends the connection
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(received);
    });
    const timer = setTimeout(() => {
      socket.destroy();
      reject(
        new Error(
          `${bytes.toString('latin1', 0, 100)} is still open after ${DEADLINE_MS} ms: ${received.slice(0, 200)}`,
        ),
      );
    }, DEADLINE_MS);
    socket.write(bytes);
  });
}
