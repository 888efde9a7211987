import { type Input } from '@galley/verification';

const BAD_SIGNATURE = `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.${'A'.repeat(43)}`;

const get = (path: string, token?: string) =>
  Buffer.from(
    `GET ${path} HTTP/1.1\r\nHost: x\r\n${token === undefined ? '' : `Authorization: Bearer ${token}\r\n`}\r\n`,
  );

/** Requests, one after the other on a connection without waiting for their answers. */
export function httpInputs(app: 'gateway' | 'api', token: string): Input[] {
  const pipelined = (name: string, bytes: Buffer, connections = 1): Input[] => [
    { name, opening: 'http', bytes, reads: true, connections },
    { name: `${name}, unread`, opening: 'http', bytes, reads: false, connections },
  ];
  const both = [
    ...pipelined('GET of no route', get('/nothing')),
    ...pipelined('GET /health/ready', get('/health/ready')),
    ...pipelined('GET /health/live', get('/health/live')),
  ];
  if (app === 'gateway') {
    const session = '/socket.io/?EIO=4&transport=polling';
    return [
      ...both,
      ...pipelined('polling handshakes', get(session)),
      ...pipelined('requests of an unknown session', get(`${session}&sid=nobody`)),
    ];
  }
  return [
    ...both,
    ...pipelined('GET history, 40 connections', get('/orders/long/history', token), 40),
    ...pipelined('GET orders', get('/orders', token)),
    ...pipelined('GET with an invalid signature', get('/orders', BAD_SIGNATURE)),
    ...pipelined('GET without a token', get('/orders')),
  ];
}
