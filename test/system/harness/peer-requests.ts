import { connect } from 'node:net';
import { exchange } from '@galley/testing';

/** The lines of a WebSocket's request besides those about its peer. */
const UPGRADE = ['Upgrade: websocket', 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=='];

/** What a client can ask for: the first line of its request, and the headers that it needs. */
export const REQUESTS = {
  REST: ['GET /orders HTTP/1.1'],
  health: ['GET /health/live HTTP/1.1'],
  'an unknown route': ['GET /nothing HTTP/1.1'],
  polling: ['GET /socket.io/?EIO=4&transport=polling HTTP/1.1'],
  WebSocket: ['GET /socket.io/?EIO=4&transport=websocket HTTP/1.1', ...UPGRADE],
} as const;

export type Asked = keyof typeof REQUESTS;

/**
 * Sends a request with exactly these headers, which no HTTP client would do.
 * @returns the head and the body of the answer; of an accepted WebSocket the head
 */
export async function ask(url: string, what: Asked, headers: readonly string[]): Promise<string> {
  const connection = what === 'WebSocket' ? 'Upgrade' : 'close';
  const bytes = `${[...REQUESTS[what], `Connection: ${connection}`, ...headers].join('\r\n')}\r\n\r\n`;
  if (what !== 'WebSocket') return exchange(url, Buffer.from(bytes));
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  socket.on('error', () => undefined).write(bytes);
  let answer = '';
  for await (const data of socket) {
    answer += String(data);
    if (answer.startsWith('HTTP/1.1 101') || answer.endsWith('}')) break;
  }
  return answer;
}

export const statusOf = (answer: string): number => Number(answer.split(' ', 2)[1]);
