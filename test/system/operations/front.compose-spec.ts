import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { TestClient, waitFor } from '@galley/testing';
import { GALLEY_GATEWAYS, GALLEY_TOKEN, GALLEY_URL, orders } from '../harness/compose-stack.js';

const auth = { token: GALLEY_TOKEN };

/** A polling request of the session `sid`. */
const poll = (sid: string) => fetch(`${GALLEY_URL}/socket.io/?EIO=4&transport=polling&sid=${encodeURIComponent(sid)}`);

describe('the front', () => {
  it.each([
    ['over WebSocket only', { transports: ['websocket'] }, 'websocket'],
    ['by polling only', { transports: ['polling'] }, 'polling'],
    ['by polling first and WebSocket then, as a client does by default', {}, 'websocket'],
  ])('sends a plain client %s an order that is placed with REST', async (_how, options, transport) => {
    const client = await TestClient.connect(GALLEY_URL, { auth, ...options });
    await waitFor(() => client.socket.io.engine.transport.name === transport, `the transport ${transport}`);
    const orderId = randomUUID();
    expect((await orders.place({ orderId })).status).toBe(201);
    expect(await client.event('orderCreated', (order) => order.orderId === orderId)).toMatchObject({ revision: 1 });
    client.close();
  });

  it('spreads polling clients over all gateways, and keeps each client at its gateway', async () => {
    const clients: TestClient[] = [];
    const connect = async (count: number) => {
      const connecting = Array.from({ length: count }, () =>
        TestClient.connect(GALLEY_URL, { auth, transports: ['polling'] }),
      );
      clients.push(...(await Promise.all(connecting)));
    };
    await connect(100);
    // The front passes by a gateway that is too busy to accept a connection in time.
    await waitFor(async () => {
      const gateways = new Set(clients.map(({ ready }) => ready?.gateway));
      if (gateways.size < Number(GALLEY_GATEWAYS)) await connect(5);
      return gateways.size === Number(GALLEY_GATEWAYS);
    }, 'a client at each gateway');
    const orderId = randomUUID();
    await orders.place({ orderId });
    await orders.change(orderId, { status: 'In Printing' });
    for (const client of clients) {
      await client.event(`${orderId}/update`);
      expect(client.socket.io.engine.id).toMatch(new RegExp(`^${client.ready?.gateway ?? ''}\\.`));
      client.close();
    }
  });

  it.each([
    'redis.x',
    'mongo.x',
    'orders-api.x',
    'localhost.x',
    '127.0.0.1:3000/orders?.x',
    'gateway.x',
    'AAAAAAAAAAAA.x',
  ])('does not use the session id %s as an address: any gateway answers that the session is unknown', async (sid) => {
    const answer = await poll(sid);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ code: 'invalid_request', detail: 'Session ID unknown' });
  });

  it('requires a token only if the stack was started with tokens', async () => {
    const { status } = await fetch(`${GALLEY_URL}/orders`);
    expect(status).toBe(GALLEY_TOKEN === undefined ? 200 : 401);
  });

  it('asks the orders API for the counts of orders', async () => {
    const { status, body } = await orders.send('GET', '/counts?open=true');
    expect([status, body]).toEqual([200, expect.objectContaining({ isComplete: true })]);
  });

  it('answers with a problem document if the gateway of a session is gone', async () => {
    const answer = await poll('0123456789ab.x');
    expect(answer.status).toBe(503);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(await answer.json()).toMatchObject({ status: 503, code: 'unavailable' });
  });
});
