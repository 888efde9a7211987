import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  ackOf,
  announcementEvent,
  orderCreatedEvent,
  orderDeletedEvent,
  orderUpdatedEvent,
  orderUpdateEvent,
  parsePosition,
  roomsJoined,
} from '@galley/contracts';
import { TestClient, waitFor, type OrdersClient } from '@galley/testing';
import { startCluster, type TestCluster } from '../harness/cluster.js';

describe('a live cluster', () => {
  let cluster: TestCluster;
  let orders: OrdersClient;
  const clients: TestClient[] = [];

  beforeAll(async () => {
    cluster = await startCluster();
    ({ orders } = cluster);
  });
  afterEach(() => {
    for (const client of clients.splice(0)) client.close();
  });
  afterAll(() => cluster.close());

  const connect = async (...args: Parameters<typeof TestClient.connect>) => {
    const client = await TestClient.connect(...args);
    clients.push(client);
    return client;
  };
  /** Connects one client to each gateway, without the proxy. */
  const connectEverywhere = () => Promise.all([...cluster.gateways.values()].map((url) => connect(url)));

  it('sends a plain client every change in the documented form', async () => {
    const client = await connect(cluster.url);
    const { body: placed } = await orders.place({ orderId: 'life', message: 'Thank you' });
    const { body: moved } = await orders.change('life', {
      status: 'In Printing',
      estimatedDate: '2026-12-24',
      message: 'On the press',
    });
    await orders.remove('life');
    await client.event('orderDeleted');

    expect(client.events.map(({ name }) => name)).toEqual([
      'orderCreated',
      'orderUpdated',
      'life/update',
      'orderDeleted',
    ]);
    const [created, updated, update, deleted] = client.events.map(({ payload }) => payload);
    expect(orderCreatedEvent.parse(created)).toMatchObject({
      orderId: 'life',
      order: placed,
      revision: 1,
      timestamp: placed.updatedAt,
      message: 'Thank you',
    });
    expect(orderUpdateEvent.parse(update)).toMatchObject({
      orderId: 'life',
      status: 'In Printing',
      estimatedDate: '2026-12-24',
      timestamp: moved.updatedAt,
      message: 'On the press',
      revision: 2,
    });
    expect(orderUpdatedEvent.parse(updated)).toEqual({ ...update, order: moved });
    expect(orderDeletedEvent.parse(deleted)).toMatchObject({ orderId: 'life', revision: 3 });
    const seqs = [created, updated, update, deleted].map((payload) => parsePosition(payload?.position ?? '')?.seq);
    expect(seqs.map((seq) => (seq ?? 0) - (seqs[0] ?? 0))).toEqual([0, 1, 1, 2]);
  });

  it('sends clients on different gateways the same changes in the same order, each once', async () => {
    const [first, second] = await connectEverywhere();
    const ids = ['p', 'q', 'r'];
    await Promise.all(
      ids.map(async (orderId) => {
        await orders.place({ orderId });
        for (let quantity = 1; quantity <= 20; quantity++) await orders.change(orderId, { quantity });
        await orders.remove(orderId);
      }),
    );
    // Changes that were made before they connected may still be on their way to one of them.
    const told = (client?: TestClient) => client?.events.filter(({ payload }) => ids.includes(payload.orderId ?? ''));
    const done = (client?: TestClient) => told(client)?.filter(({ name }) => name === 'orderDeleted').length === 3;
    await waitFor(() => done(first) && done(second), 'all changes on both gateways');
    expect(told(first)).toEqual(told(second));
    for (const orderId of ids) {
      expect(first?.revisions(`${orderId}/update`)).toEqual(Array.from({ length: 20 }, (_, i) => i + 2));
    }
  });

  it('delivers 500 changes to each of 20 clients exactly once', async () => {
    await orders.place({ orderId: 'many' });
    const all = await Promise.all(Array.from({ length: 20 }, () => connect(cluster.url)));
    for (let i = 0; i < 500; i += 10) {
      await Promise.all(Array.from({ length: 10 }, (_, j) => orders.change('many', { quantity: i + j + 1 })));
    }
    const expected = Array.from({ length: 500 }, (_, i) => i + 2);
    await waitFor(() => all.every((client) => client.revisions('many/update').length >= 500), 'every delivery');
    for (const client of all) {
      expect(client.revisions('orderUpdated')).toEqual(expected);
      expect(client.revisions('many/update')).toEqual(expected);
    }
  });

  it.each([['polling'], ['websocket']])('serves a client that supports only %s', async (transport) => {
    const client = await connect(cluster.url, { transports: [transport] });
    const { body } = await orders.place();
    expect(await client.event('orderCreated', ({ orderId }) => orderId === body.orderId)).toBeDefined();
    expect(client.socket.io.engine.transport.name).toBe(transport);
  });

  it('spreads connections over the gateways', async () => {
    const all = await Promise.all(Array.from({ length: 6 }, () => connect(cluster.url)));
    const names = all.map(({ socket }) => socket.io.engine.id.split('.')[0]);
    expect(new Set(names)).toEqual(new Set(cluster.gateways.keys()));
  });

  describe('rooms', () => {
    it('let a client follow one order instead of all, and all again', async () => {
      const [client, witness] = await connectEverywhere();
      if (!client || !witness) throw new Error('The test needs two gateways');
      await orders.place({ orderId: 'mine' });
      await orders.place({ orderId: 'other' });
      await client.event('orderCreated', ({ orderId }) => orderId === 'other');
      client.events.length = 0;

      const answer = await client.joinRoom({ orderId: 'mine' });
      expect(ackOf(roomsJoined).parse(answer)).toEqual({ ok: true, data: { rooms: ['order:mine'] } });
      await orders.change('other', { quantity: 2 });
      await orders.change('mine', { quantity: 2 });
      await client.event('mine/update');
      expect(client.events.map(({ name }) => name)).toEqual(['mine/update']);

      expect(await client.leaveRoom({ orderId: 'mine' })).toEqual({ ok: true, data: { rooms: [] } });
      await orders.change('mine', { quantity: 3 });
      await witness.event('mine/update', ({ revision }) => revision === 3);

      expect(await client.joinRoom()).toEqual({ ok: true, data: { rooms: ['orders'] } });
      await orders.remove('mine');
      await client.event('orderDeleted');
      expect(client.events.map(({ name, payload }) => `${name} ${payload.revision}`)).toEqual([
        'mine/update 2',
        'orderDeleted 4',
      ]);
    });

    it('send each event once to a client in several rooms', async () => {
      const client = await connect(cluster.url);
      await orders.place({ orderId: 'twice' });
      await client.joinRoom({ orderId: 'twice' });
      await client.joinRoom();
      await orders.change('twice', { quantity: 2 });
      await orders.remove('twice');
      await client.event('orderDeleted', ({ orderId }) => orderId === 'twice');
      expect(client.revisions('twice/update')).toEqual([2]);
      expect(client.events.filter(({ name }) => name === 'orderDeleted')).toHaveLength(1);
    });

    it('send nothing to a client that has left all of them', async () => {
      const [client, witness] = await connectEverywhere();
      await client?.leaveRoom();
      const { body } = await orders.place();
      await witness?.event('orderCreated', ({ orderId }) => orderId === body.orderId);
      expect(await client?.joinRoom()).toMatchObject({ ok: true });
      expect(client?.events).toEqual([]);
    });

    it('answer an invalid request through the ack, with a message', async () => {
      const client = await connect(cluster.url, { auth: { rooms: [] } });
      const emit = (event: string, payload: unknown): Promise<unknown> =>
        (client.socket as unknown as { timeout(ms: number): { emitWithAck(e: string, p: unknown): Promise<unknown> } })
          .timeout(5_000)
          .emitWithAck(event, payload);
      for (const event of ['joinRoom', 'leaveRoom']) {
        for (const payload of ['orders', 7, [], { orderId: '../x' }, { orderId: { $ne: '' } }, { room: 'orders' }]) {
          expect(await emit(event, payload)).toEqual({
            ok: false,
            error: { code: 'invalid_request', message: expect.any(String) as unknown },
          });
        }
      }
      expect(client.events).toEqual([]);
      expect(client.socket.connected).toBe(true);
    });

    it('are limited to 100 orders a connection', async () => {
      const client = await connect(cluster.url);
      for (let i = 0; i < 100; i++) expect(await client.joinRoom({ orderId: `o${i}` })).toMatchObject({ ok: true });
      expect(await client.joinRoom({ orderId: 'o100' })).toMatchObject({
        ok: false,
        error: { code: 'too_many_rooms' },
      });
      expect(await client.joinRoom({ orderId: 'o7' })).toMatchObject({ ok: true });
      expect(await client.joinRoom()).toMatchObject({ ok: true });
    });
  });

  it('sends an announcement once to every client on every replica', async () => {
    const all = await connectEverywhere();
    expect((await orders.announce('Lunch is served')).status).toBe(202);
    for (const client of all) {
      const payload = await client.event('announcement');
      expect(announcementEvent.parse(payload).message).toBe('Lunch is served');
    }
    await orders.announce('Back to work');
    await Promise.all(all.map((client) => client.event('announcement', ({ message }) => message === 'Back to work')));
    for (const client of all) expect(client.events).toHaveLength(2);
  });
});
