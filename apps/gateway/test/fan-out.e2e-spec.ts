import { type EventEmitter } from 'node:events';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { TestClient, waitFor } from '@galley/testing';
import { Connections } from '../src/connections/connections.js';
import { directSocket, someWritten } from '../src/connections/engine-internals.js';
import { type GatewaySocket } from '../src/connections/gateway-socket.js';
import { RoomMembers } from '../src/rooms/room-members.js';
import { aChange, startGateways, upTo, type Gateways } from './gateways.js';

type WebSocket = EventEmitter & { _receiver: object };

let gateways: Gateways;
let feed: Gateways['feed'];
let connections: Connections;
let members: RoomMembers;
const clients: TestClient[] = [];

beforeAll(async () => {
  gateways = await startGateways(['fan-out'], { FEED_HEARTBEAT_MS: '100' });
  ({ feed } = gateways);
  const app = gateways.apps[0];
  if (!app) throw new Error('no gateway has started');
  connections = app.get(Connections, { strict: false });
  members = app.get(RoomMembers, { strict: false });
});
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});
afterAll(() => gateways.close());

const connect = async (options?: Parameters<typeof TestClient.connect>[1]) => {
  const client = await TestClient.connect(gateways.urls[0] ?? '', options);
  clients.push(client);
  return client;
};
const socketOf = (client: TestClient): GatewaySocket => {
  const socket = connections.namespace?.sockets.get(client.socket.id ?? '');
  if (!socket) throw new Error('the client is not connected');
  return socket as GatewaySocket;
};

describe('writing past engine.io', () => {
  it('is possible for a WebSocket connection, with the versions that are installed', async () => {
    const client = await connect({ transports: ['websocket'] });
    const tcp = directSocket(socketOf(client).conn);
    expect(tcp?.remotePort).toBeGreaterThan(0);
  });

  it('is not possible while something waits in engine.io, nor for a polling connection', async () => {
    const client = await connect({ transports: ['websocket'] });
    const { conn } = socketOf(client);
    for (let i = 0; i < 2; i++) conn.write('2["something"]');
    expect(directSocket(conn)).toBeUndefined();
    await waitFor(() => directSocket(conn), 'the packets to be gone');
    expect(directSocket(socketOf(await connect({ transports: ['polling'] })).conn)).toBeUndefined();
  });
});

it('frees what a connection needs only at the beginning, with the versions that are installed', async () => {
  const client = await connect({ transports: ['websocket'] });
  const socket = socketOf(client);
  await waitFor(() => socket.handshake.url === '', 'the connection to be open');
  const { request, transport } = socket.conn as unknown as { request: unknown; transport: { socket: WebSocket } };
  expect(request).toBeUndefined();
  expect(transport.socket.listeners('error').map(({ name }) => name)).not.toContain('onUpgradeError');
  expect(transport.socket._receiver).toMatchObject({ _state: 0, _mask: undefined });
  const ofAnswer = directSocket(socket.conn)
    ?.listeners('close')
    .filter((listener) => String(listener).includes('emit('));
  expect(ofAnswer).toEqual([]);
});

it('lets the process go on while it waits for a connection that ends', async () => {
  const client = await connect({ transports: ['websocket'] });
  const { conn } = socketOf(client);
  directSocket(conn)?.destroy();
  const order: string[] = [];
  setImmediate(() => order.push('the process'));
  await someWritten(conn);
  order.push('who waited');
  expect(order).toEqual(['the process', 'who waited']);
});

it('sends everything once and in order, on any transport and among other packets', async () => {
  const order = 'mixed';
  const [polling, webSocket, heartbeat] = [
    await connect({ transports: ['polling'] }),
    await connect({ transports: ['websocket'] }),
    await connect({ transports: ['websocket'], auth: { feed: true } }),
  ];
  const upgrading: TestClient[] = [];
  await feed.append([aChange(order, 1)]);
  let last = 1;
  for (let round = 0; round < 60; round++) {
    const burst = 1 + (round % 7);
    const appended = feed.append(
      upTo(last + burst, last + 1).map((revision) => aChange(order, revision, 'Grüße 東京')),
    );
    last += burst;
    // Meanwhile engine.io and Socket.IO send answers on the same connections, and connections change their transport.
    const acks = Promise.all([polling, webSocket].map((client) => client.leaveRoom({ orderId: 'other' })));
    if (round % 10 === 0) upgrading.push(await connect());
    await Promise.all([appended, acks]);
  }
  for (const client of [polling, webSocket, heartbeat, ...upgrading]) {
    await waitFor(() => client.revisions(`${order}/update`).at(-1) === last, 'the last change', 10_000);
    const heard = client.revisions('orderUpdated');
    expect(heard).toEqual(upTo(last, heard[0]));
    expect(client.revisions(`${order}/update`)).toEqual(heard);
  }
  expect(upgrading.every(({ socket }) => socket.io.engine.transport.name === 'websocket')).toBe(true);
  expect(webSocket.revisions('orderUpdated')).toHaveLength(last - 1);
  expect(webSocket.events.at(-1)?.payload.message).toBe('Grüße 東京');
}, 30_000);

it('sends frames of any size', async () => {
  const client = await connect({ transports: ['websocket'] });
  const sizes = [1, 60, 100, 125, 126, 127, 65_000, 65_535, 65_536, 200_000];
  await feed.append(sizes.map((size, i) => aChange('sizes', i + 1, 'x'.repeat(size))));
  await waitFor(() => client.revisions('sizes/update').length === sizes.length - 1, 'the changes');
  expect(
    client.events.filter(({ name }) => name === 'sizes/update').map(({ payload }) => payload.message?.length),
  ).toEqual(sizes.slice(1));
});

it('sends one copy to a socket that is in several rooms of a change', async () => {
  const client = await connect({ auth: { rooms: [{ orderId: 'several' }] } });
  await feed.append([aChange('several', 1)]);
  const rooms = ['customer:ana:order:several', 'orders', 'customer:ana', 'order:several'];
  for (const [i, room] of rooms.entries()) {
    members.join(socketOf(client).data, room);
    await feed.append([aChange('several', i + 2)]);
    await waitFor(() => client.revisions('several/update').at(-1) === i + 2, 'the change');
  }
  expect(client.revisions('several/update')).toEqual([2, 3, 4, 5]);
  expect(client.revisions('orderUpdated')).toEqual([3, 4, 5]);
});

it('sends all changes that arrive together in one write', async () => {
  const client = await connect({ transports: ['websocket'] });
  const tcp = directSocket(socketOf(client).conn);
  if (!tcp) throw new Error('no WebSocket connection');
  const write = jest.spyOn(tcp, 'write');
  await feed.append(upTo(20).map((revision) => aChange('burst', revision)));
  await waitFor(() => client.revisions('burst/update').length === 19, 'the changes');
  expect(write).toHaveBeenCalledTimes(1);
});
