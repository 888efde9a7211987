import { io } from 'socket.io-client';
import { type ConnectRefusal } from '@galley/contracts';
import { ANSWER_WITHIN_MS, type Front } from '../front/front.js';
import { Listening, type Listener } from './listener.js';

/**
 * Connects by Socket.IO, with one transport only, so that the other one does not hide that it fails.
 * @throws Error that says in a few words why there is no connection
 */
export async function listenBySocket(
  front: Front,
  orderId: string,
  transport: 'WebSocket' | 'polling',
): Promise<Listener> {
  const listening = new Listening(transport, orderId);
  const socket = io(front.url, {
    transports: [transport === 'polling' ? 'polling' : 'websocket'],
    auth: { token: front.token },
    // A connection that ends must be seen.
    reconnection: false,
    forceNew: true,
    timeout: ANSWER_WITHIN_MS,
  });
  const close = () => {
    socket.off('disconnect');
    socket.disconnect();
  };
  try {
    await new Promise<void>((resolve, reject) => {
      const fail = (reason: string) => {
        clearTimeout(deadline);
        reject(new Error(reason));
      };
      const deadline = setTimeout(fail, ANSWER_WITHIN_MS, `it is not ready within ${ANSWER_WITHIN_MS / 1_000} s`);
      socket.on('connect_error', (error) => {
        fail((error as { data?: ConnectRefusal }).data?.message ?? describeTransportError(error));
      });
      socket.on('disconnect', (reason) => {
        listening.ended = reason;
        fail(reason);
      });
      socket.onAny((name: string, payload: unknown) => {
        if (!listening.record(name, payload)) return;
        clearTimeout(deadline);
        resolve();
      });
    });
  } catch (error) {
    close();
    throw error;
  }
  return Object.assign(listening, { close });
}

/** The client says "websocket error" or "xhr poll error", and has the reason or the status beside it. */
function describeTransportError({ message, ...beside }: Error & { description?: unknown }): string {
  const { description } = beside;
  if (typeof description === 'number') return `answered ${description}`;
  const { message: reason } = Object(description) as { message?: unknown };
  return typeof reason === 'string' && reason !== '' ? reason : message;
}
