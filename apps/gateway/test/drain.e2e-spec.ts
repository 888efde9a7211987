import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { OrdersClient, TestClient, waitFor } from '@galley/testing';
import { RawClient } from '@galley/verification';
import { Connections } from '../src/connections/connections.js';
import { aChange, startGateways, upTo, type Gateways } from './gateways.js';

const CLIENTS = 100;
const WINDOW_MS = 1_000;
const SLICES = 5;

let gateways: Gateways;

beforeAll(async () => {
  gateways = await startGateways(['leaving', 'staying'], { DRAIN_WINDOW_MS: `${WINDOW_MS}` });
});
afterAll(() => gateways.close());

let published = 0;
const publish = () => gateways.feed.append([aChange(`order-${++published}`, 1)]);

it('sends its clients to another replica one by one, and each gets every change once and in order', async () => {
  const [leaving = '', staying = ''] = gateways.urls;
  const options = { transports: ['websocket'], reconnection: false };
  const clients = await Promise.all(Array.from({ length: CLIENTS }, () => TestClient.connect(leaving, options)));
  await publish();
  await Promise.all(clients.map((client) => client.event('orderCreated')));

  const closedAt: number[] = [];
  const moved = clients.map(
    (client) =>
      new Promise<TestClient>((resolve, reject) => {
        client.socket.once('disconnect', (reason) => {
          closedAt.push(performance.now());
          // After any other reason the client would not reconnect.
          if (reason !== 'transport close') reject(new Error(reason));
          TestClient.connect(staying, { ...options, auth: { position: client.position } }).then(resolve, reject);
        });
      }),
  );
  const stopped = gateways.apps[0]?.close();
  // During the drain the replica says that it is not ready and refuses new clients. The others still get changes.
  await waitFor(() => closedAt.length > 0, 'the first to leave');
  const readiness = await new OrdersClient(leaving).send('GET', '/health/ready');
  expect(readiness).toMatchObject({ status: 503, body: { error: { accepting: { reason: 'draining' } } } });
  expect((await new OrdersClient(leaving).send('GET', '/health/live')).status).toBe(200);
  const refused = await fetch(`${leaving}/socket.io/?EIO=4&transport=polling`);
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
  await expect(RawClient.connect({ url: leaving })).rejects.toThrow('503 Service Unavailable');
  const publishing = setInterval(() => void publish(), WINDOW_MS / 50);
  const later = await Promise.all(moved);
  clearInterval(publishing);
  await stopped;
  await publish();

  const expected = upTo(published).map((number) => `order-${number}`);
  for (const [i, client] of later.entries()) {
    await client.event('orderCreated', ({ orderId }) => orderId === expected.at(-1));
    const heard = [...(clients[i]?.events ?? []), ...client.events].map(({ payload }) => payload.orderId);
    expect(heard).toEqual(expected);
    expect(client.ready?.recovered).toBe(true);
    client.close();
  }
  // The connections were not closed all at once.
  const [first = 0] = closedAt;
  const sliceOf = (at: number) => Math.floor(((at - first) * SLICES) / WINDOW_MS);
  const slices = upTo(SLICES).map((_, slice) => closedAt.filter((at) => sliceOf(at) === slice).length);
  expect(Math.max(...slices)).toBeLessThan((3 * CLIENTS) / SLICES);
});

it('does not wait for a polling client that it disconnects', async () => {
  const ending = await startGateways(['ending'], { DRAIN_WINDOW_MS: '0' });
  const { apps, urls } = ending;
  const client = await TestClient.connect(urls[0] ?? '', { transports: ['polling'], reconnection: false });
  const [socket] = apps[0]?.get(Connections, { strict: false }).namespace?.sockets.values() ?? [];
  // The client is between two requests, as it is right after an answer.
  const transport = socket?.conn.transport as { writable: boolean } | undefined;
  if (!socket || !transport) throw new Error('the client is not connected');
  transport.writable = false;
  socket.conn.close();
  const ended = new Promise((resolve) => socket.conn.once('close', resolve));
  await ending.close();
  await ended;
  client.close();
});
