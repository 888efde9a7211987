import { createHash } from 'node:crypto';
import { createServer, type Socket } from 'node:net';
import { Redis } from 'ioredis';
import { frameHeaderSize, SERVER_TEXT, writeFrameHeader } from '@galley/contracts';
import { stamp } from '../load/clock.js';
import { newOrder } from '../load/context.js';
import { payloadsOf, type FloorMessage } from '../load/publishers.js';

/**
 * The floor under any fan-out with Node: bare TCP sockets, and one buffer that was made before, written once to each of
 * them. Into the buffer goes only the moment when the changes were due.
 */
const sockets = new Set<Socket>();
/** Sockets by the order that their client follows. */
const followers = new Map<string, Socket>();
const forAll = new Map<number, Buffer>();
const forFollowers = frame(packetOf('updated', 2));

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
    socket.once('data', (connect) => {
      sockets.add(socket);
      const [orderId] = /order-\d+/.exec(connect.toString('latin1')) ?? [];
      if (orderId !== undefined) followers.set(orderId, socket);
      socket.write(frame('40{}'));
    });
  });
});

const redis = new Redis(process.env.REDIS_URL ?? '');
await redis.subscribe('floor');
redis.on('message', (_channel, message) => {
  const { dueAt, created, updated } = JSON.parse(message) as FloorMessage;
  const moment = Buffer.from(stamp(dueAt));
  if (created > 0) {
    const bytes = stamped(bufferForAll(created), moment);
    for (const socket of sockets) socket.write(bytes);
  }
  if (updated.length > 0) {
    const bytes = stamped(forFollowers, moment);
    for (const orderId of updated) followers.get(orderId)?.write(bytes);
  }
});

/** A copy, since somebody may not have taken the last one yet. */
function stamped(template: Buffer, moment: Buffer): Buffer {
  const bytes = Buffer.from(template);
  for (let at = bytes.indexOf('@'); at >= 0; at = bytes.indexOf('@', at + moment.length)) moment.copy(bytes, at);
  return bytes;
}

function bufferForAll(changes: number): Buffer {
  const known = forAll.get(changes);
  if (known) return known;
  const made = Buffer.concat(Array.from({ length: changes }, () => frame(packetOf('created', 1))));
  forAll.set(changes, made);
  return made;
}

function packetOf(type: 'created' | 'updated', revision: number): string {
  const { event, order } = payloadsOf({ ...newOrder(0), revision });
  const position = `${'0'.repeat(16)}:1000:${'0'.repeat(16)}`;
  const packet =
    type === 'created'
      ? ['orderCreated', { position, order, ...event }]
      : ['order-1000/update', { position, ...event }];
  return `42${JSON.stringify(packet)}`;
}

function frame(text: string): Buffer {
  const length = Buffer.byteLength(text);
  const bytes = Buffer.alloc(frameHeaderSize(length, SERVER_TEXT.masked) + length);
  bytes.write(text, writeFrameHeader(bytes, 0, length, SERVER_TEXT));
  return bytes;
}

server.listen({ host: process.env.HOST, port: Number(process.env.PORT), backlog: 8_192 });
