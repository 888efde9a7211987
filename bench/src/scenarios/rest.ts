import { connect, type Socket } from 'node:net';
import { sleep } from '../load/clock.js';
import { apiOf, requestHeaders, type Figure, type LoadContext } from '../load/context.js';
import { measureUsage } from '../load/usage.js';

const CONNECTIONS = 64;
const BODY = JSON.stringify({ customerId: 'ana', title: 'Annual report 2026', quantity: 500, status: 'In Production' });

/** Orders placed a second over 64 connections that each wait for the answer. */
export async function rest(context: LoadContext): Promise<Figure[]> {
  const { url } = apiOf(context);
  const { hostname, port, host } = new URL(url);
  const headers = Object.entries(requestHeaders(context))
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('');
  const request = Buffer.from(
    `POST /orders HTTP/1.1\r\nHost: ${host}\r\n${headers}Content-Length: ${BODY.length}\r\n\r\n${BODY}`,
  );
  let created = 0;
  let others = 0;
  const sockets: Socket[] = [];
  for (let i = 0; i < CONNECTIONS; i++) {
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    // Each answer is small enough to come in one piece.
    socket.on('data', (data: Buffer) => {
      if (data.toString('latin1', 9, 12) === '201') created++;
      else others++;
      socket.write(request);
    });
    socket.write(request);
    sockets.push(socket);
  }
  await sleep(2_000); // warm
  const [countBefore, measured] = [created, measureUsage(context)];
  await sleep(context.quick ? 3_000 : 10_000);
  const [count, usage] = [created - countBefore, measured()];
  for (const socket of sockets) socket.destroy();
  return [
    {
      ...{ name: 'rest', unit: 'orders placed/s', better: 'higher', valid: others === 0 },
      ...{ value: count / usage.seconds, usage },
    },
  ];
}
