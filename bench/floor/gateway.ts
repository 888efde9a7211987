import { createHash } from 'node:crypto';
import { createServer, type Socket } from 'node:net';
import { Redis } from 'ioredis';
import { stamp } from '../load/clock.js';
import { newOrder } from '../load/context.js';
import { payloadsOf } from '../load/publishers.js';

/**
 * The floor under any fan-out with Node: bare TCP sockets, and one buffer that was made before, written once to each of
 * them. Into the buffer goes only the moment when the changes were due.
 */
const sockets = new Set<Socket>();
const buffers = new Map<number, Buffer>();

const server = createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => undefined);
  socket.on('close', () => sockets.delete(socket));
  socket.once('data', (request) => {
    const text = request.toString('latin1');
    if (!text.startsWith('GET /socket.io/')) {
      socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    const key = /Sec-WebSocket-Key: (\S+)/i.exec(text)?.[1] ?? '';
    const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    socket.write(frame('0{}'));
    socket.on('data', () => undefined);
    socket.once('data', () => {
      sockets.add(socket);
      socket.write(frame('40{}'));
    });
  });
});

const redis = new Redis(process.env.REDIS_URL ?? '');
await redis.subscribe('floor');
redis.on('message', (_channel, message) => {
  const { changes, dueAt } = JSON.parse(message) as { changes: number; dueAt: number };
  const bytes = bufferOf(changes);
  const moment = Buffer.from(stamp(dueAt));
  for (let at = bytes.indexOf('@'); at >= 0; at = bytes.indexOf('@', at + moment.length)) moment.copy(bytes, at);
  for (const socket of sockets) socket.write(bytes);
});

function bufferOf(changes: number): Buffer {
  const known = buffers.get(changes);
  if (known) return known;
  const made = Buffer.concat(
    Array.from({ length: changes }, () => {
      const { event, order } = payloadsOf(newOrder(0));
      return frame(`42${JSON.stringify(['orderCreated', { position: `${'0'.repeat(16)}:1000`, order, ...event }])}`);
    }),
  );
  buffers.set(changes, made);
  return made;
}

function frame(text: string): Buffer {
  const { length } = Buffer.from(text);
  const header = length < 126 ? [0x81, length] : [0x81, 126, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(header), Buffer.from(text)]);
}

server.listen({ host: '127.0.0.1', port: Number(process.env.PORT), backlog: 8_192 });
