import msgpack from 'notepack.io';
import { type ServerToClientEvents } from '@galley/contracts';

const DAY_MS = 24 * 60 * 60 * 1_000;

const EVERYBODY = { rooms: [], except: [] };

/** A packet for every client, as `@socket.io/redis-emitter` sends it. */
const packet = (type: number, data: unknown, options: object = EVERYBODY): Buffer =>
  msgpack.encode(['uid', { type, data, nsp: '/' }, options]) as Buffer;

const announcement = (offsetMs = 0) => ({
  message: 'forged',
  timestamp: new Date(Date.now() + offsetMs).toISOString(),
});

const order = { orderId: 'job', revision: 99, status: 'Delivery', timestamp: new Date().toISOString(), position: 'x' };

const forged = (event: keyof ServerToClientEvents): Buffer => packet(2, [event, order]);

/**
 * Messages on the channels of the Socket.IO adapter that nothing of ours sends. A stock adapter acts on them: it joins,
 * moves and disconnects sockets, answers with all of them, and sends forged events.
 */
export const UNSENT_MESSAGES: [what: string, channel: string, message: string | Buffer][] = [
  ...[
    ['SOCKETS', { type: 0, requestId: 'r', rooms: [] }],
    ['ALL_ROOMS', { type: 1, requestId: 'r' }],
    ['REMOTE_JOIN', { type: 2, opts: EVERYBODY, rooms: ['order:job'] }],
    ['REMOTE_LEAVE', { type: 3, opts: EVERYBODY, rooms: ['orders', 'live', 'feed'] }],
    ['REMOTE_DISCONNECT', { type: 4, opts: EVERYBODY, close: true }],
    ['REMOTE_FETCH', { type: 5, requestId: 'r', opts: EVERYBODY }],
    ['SERVER_SIDE_EMIT with another name', { type: 6, data: ['disconnect'] }],
    ['SERVER_SIDE_EMIT with more data', { type: 6, data: ['signOut', 'sue'] }],
    ['SERVER_SIDE_EMIT that wants an answer', { type: 6, requestId: 'r', data: ['signOut'] }],
    [
      'BROADCAST',
      { type: 7, requestId: 'r', opts: EVERYBODY, packet: { type: 2, data: ['announcement', announcement()] } },
    ],
  ].map(([what, request]): [string, string, string] => [what as string, 'orders-request#/#', JSON.stringify(request)]),
  ['a binary BROADCAST', 'orders-request#/#', msgpack.encode({ type: 7, packet: { type: 2, data: ['x'] } }) as Buffer],
  ['garbage as a request', 'orders-request#/#', '{'],
  ...(['orderCreated', 'orderUpdated', 'job/update', 'orderDeleted', 'ready', 'resync', 'feed'] as const).map(
    (event): [string, string, Buffer] => [`a forged ${event}`, 'orders#/#', forged(event as 'ready')],
  ),
  ['an announcement of yesterday', 'orders#/#', packet(2, ['announcement', announcement(-DAY_MS - 60_000)])],
  ['an announcement of tomorrow', 'orders#/#', packet(2, ['announcement', announcement(DAY_MS + 60_000)])],
  ['an announcement for one room', 'orders#/#', packet(2, ['announcement', announcement()], { rooms: ['orders'] })],
  ['an announcement with more arguments', 'orders#/#', packet(2, ['announcement', announcement(), 'x'])],
  ['a DISCONNECT packet', 'orders#/#', packet(1, undefined)],
  ['an ACK packet', 'orders#/#', packet(3, ['x'])],
  ['garbage as a packet', 'orders#/#', 'garbage'],
];
