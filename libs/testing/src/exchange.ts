import { connect } from 'node:net';

/** Milliseconds. */
const DEADLINE = 20_000;

/**
 * Sends bytes that need not be HTTP.
 * @returns all that comes back until the server ends the connection
 */
export function exchange(url: string, bytes: Buffer): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    let received = '';
    const socket = connect({ host: hostname, port: Number(port) });
    socket.on('data', (data) => (received += data.toString('latin1')));
    socket.on('error', () => undefined); // a reset is an end
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(received);
    });
    const timer = setTimeout(() => {
      socket.destroy();
      reject(
        new Error(`${bytes.toString('latin1', 0, 100)} is still open after ${DEADLINE} ms: ${received.slice(0, 200)}`),
      );
    }, DEADLINE);
    socket.write(bytes);
  });
}
