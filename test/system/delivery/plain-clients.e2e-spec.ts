import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OPCODES } from '@galley/contracts';
import { TestClient, waitFor } from '@galley/testing';
import { frame, RawClient } from '@galley/verification';
import { startCluster, type TestCluster } from '../harness/cluster.js';

let cluster: TestCluster;
let url: string;

beforeAll(async () => {
  cluster = await startCluster({ gateways: 1 });
  url = [...cluster.gateways.values()][0] ?? '';
});
afterAll(() => cluster.close());

/** Clients in other languages differ in their transports, and in how they write the namespace. */
describe.each([
  ['polls only', { transports: ['polling'] }],
  ['uses WebSocket only', { transports: ['websocket'] }],
  ['has no options', {}],
])('a client that %s', (_what, options) => {
  it('gets an answer, and a change', async () => {
    const client = await TestClient.connect(url, options);
    expect(await client.joinRoom()).toMatchObject({ ok: true });
    const { body } = await cluster.orders.place();
    await client.event('orderCreated', ({ orderId }) => orderId === body.orderId);
    client.close();
  });

  it('may send messages of 16 kB, one after the other', async () => {
    const client = await TestClient.connect(url, options);
    const large = { orderId: 'x'.repeat(16_000) };
    for (let i = 0; i < 20; i++) expect(await client.joinRoom(large)).toMatchObject({ ok: false });
    expect(client.connectionEvents.filter(({ name }) => name === 'ready')).toHaveLength(1);
    client.close();
  });

  it('may come back quickly, again and again', async () => {
    const client = await TestClient.connect(url, { ...options, reconnectionDelay: 1, reconnectionDelayMax: 5 });
    for (let i = 2; i <= 20; i++) {
      client.socket.io.engine.close();
      const readies = () => client.connectionEvents.filter(({ name }) => name === 'ready').length;
      await waitFor(() => readies() >= i, 'the client to be back');
    }
    client.close();
  });

  it('may join 100 orders at once, each for itself', async () => {
    const client = await TestClient.connect(url, options);
    const answers = await Promise.all(Array.from({ length: 100 }, (_, i) => client.joinRoom({ orderId: `o-${i}` })));
    expect(answers.every(({ ok }) => ok)).toBe(true);
    client.close();
  });
});

it('answers a client that names the namespace, and that cuts its messages into frames', async () => {
  const client = await RawClient.connect({ url, auth: '/,{}' });
  client.send(
    frame('42/,7["join', { fin: false }),
    frame('Room",{"orderId"', { opcode: OPCODES.continuation, fin: false }),
    frame(':"a"}]', { opcode: OPCODES.continuation }),
  );
  await waitFor(() => client.acks.size > 0, 'the answer');
  client.destroy();
});
