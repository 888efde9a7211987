import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { problem, type Order, type OrderHistory } from '@galley/contracts';
import { aPlaceOrder, exchange, type OrdersClient, TestClient, waitFor } from '@galley/testing';
import { HALF_REQUESTS, HOSTILE_REQUESTS } from './hostile-requests.js';
import { INJECTIONS, PLAIN_TEXTS } from './injections.js';
import { startProcesses, type Processes } from '../harness/processes.js';

const BACK_TO_BASE = 60_000;
const STATUS = /HTTP\/1\.1 (\d{3})/g;

/** A connection that the server closes without an answer is also a refusal. */
const isRefusal = (answer: string) => [...answer.matchAll(STATUS)].every(([, status]) => status?.startsWith('4'));

/** All orders of the store with their histories. */
async function snapshot(orders: OrdersClient): Promise<{ order: Order; history: OrderHistory }[]> {
  const { body } = await orders.list({ limit: 200 });
  return Promise.all(
    body.orders.map(async (order) => ({ order, history: (await orders.history(order.orderId)).body })),
  );
}

describe('hostile HTTP', () => {
  let processes: Processes;
  let orders: OrdersClient;
  let witness: TestClient;
  let before: Awaited<ReturnType<typeof snapshot>>;
  let base: number;

  beforeAll(async () => {
    processes = await startProcesses();
    ({ orders } = processes);
    witness = await TestClient.connect(processes.gatewayUrl, { transports: ['websocket'] });
    base = await processes.gateway.openSockets();
    await orders.place({ orderId: 'target' });
    await orders.place({ orderId: 'other', customerId: 'bo' });
    await orders.change('other', { status: 'Packaging', message: 'soon' });
    before = await snapshot(orders);
  }, 60_000);
  afterAll(() => {
    witness.close();
    processes.stop();
  });

  /** Sends all requests at once, because incomplete requests take as long as a server waits. */
  it('is refused on every port, and no server waits forever for the rest of a request', async () => {
    const answers = await Promise.all(
      (['frontUrl', 'apiUrl', 'gatewayUrl'] as const).flatMap((port) =>
        [...HOSTILE_REQUESTS, ...HALF_REQUESTS].map(async ({ what, bytes }) => ({
          ...{ port, what },
          answer: await exchange(processes[port], bytes),
        })),
      ),
    );
    expect(answers.filter(({ answer }) => !isRefusal(answer))).toEqual([]);
  }, 60_000);

  it.each([
    ['no HTTP', 'garbage\r\n\r\n', 'invalid_request'],
    [
      'a head of 20 kB',
      `GET /orders HTTP/1.1\r\nHost: localhost\r\nA: ${'a'.repeat(20_000)}\r\n\r\n`,
      'headers_too_large',
    ],
    ['half a head', 'GET /orders HTTP/1.1\r\nHost: localhost\r\n', 'request_timeout'],
  ])('is answered by the API with a problem document: %s', async (_what, bytes, code) => {
    const [head = '', body = ''] = (await exchange(processes.apiUrl, Buffer.from(bytes))).split('\r\n\r\n');
    expect(head).toContain('application/problem+json');
    expect(problem.parse(JSON.parse(body)).code).toBe(code);
  });

  it('ends at most its own polling session', async () => {
    for (const body of ['', 'x', '4', '40\x1e40', '42["joinRoom"', '\x1e'.repeat(10_000), 'b!!!', '4'.repeat(17_000)]) {
      const path = `${processes.frontUrl}/socket.io/?EIO=4&transport=polling`;
      const open = await (await fetch(path)).text();
      const { sid } = JSON.parse(open.slice(1)) as { sid: string };
      const answer = await fetch(`${path}&sid=${sid}`, { method: 'POST', body });
      expect(answer.status).toBeLessThan(500);
    }
  });

  it('is refused by the API as invalid_request for every injection', async () => {
    for (const { method, path, body, headers } of INJECTIONS) {
      const answer = await orders.send(method, path, body, headers);
      const what = { method, path, body, headers };
      expect(JSON.stringify({ ...what, status: answer.status })).toEqual(JSON.stringify({ ...what, status: 400 }));
      expect(problem.parse(answer.body).code).toBe('invalid_request');
    }
  }, 60_000);

  it('causes no error when it signs out users with strange names', async () => {
    expect((await orders.send('DELETE', `/sessions/${encodeURIComponent('ü'.repeat(64))}`)).status).toBe(204);
    for (const text of PLAIN_TEXTS) {
      const { status } = await orders.send('DELETE', `/sessions/${encodeURIComponent(text)}`);
      expect([204, 400]).toContain(status);
    }
  });

  it('has no effect through headers without a meaning', async () => {
    for (const name of ['x-request-id', 'authorization', 'accept', 'user-agent', 'cookie', 'x-forwarded-for']) {
      for (const text of PLAIN_TEXTS.filter((one) => /^[\x20-\x7e]*$/.test(one))) {
        const answer = await orders.send('GET', '/orders/target', undefined, { [name]: text });
        expect([answer.status, answer.headers.get('set-cookie')]).toEqual([200, null]);
      }
    }
  });

  it('changes no order', async () => {
    expect(await snapshot(orders)).toEqual(before);
  });

  it('is stored unchanged in text fields', async () => {
    const texts = PLAIN_TEXTS.map((text, i) => ({
      ...aPlaceOrder({ title: text, message: text }),
      orderId: `text-${i}`,
    }));
    for (const { orderId, title, message } of texts) {
      expect(await orders.place({ orderId, title, message })).toMatchObject({ status: 201, body: { title } });
      expect((await orders.get(orderId)).body.title).toBe(title);
      expect((await orders.history(orderId)).body.history).toMatchObject([{ title, message }]);
      expect(await witness.event('orderCreated', (payload) => payload.orderId === orderId)).toMatchObject({ message });
    }
    expect((await snapshot(orders)).filter(({ order }) => !order.orderId.startsWith('text-'))).toEqual(before);
  });

  it('lets another client get every event once and in order', async () => {
    await orders.change('target', { message: 'the last' });
    await witness.event('orderUpdated', ({ message }) => message === 'the last');
    const created = witness.events.filter(({ name }) => name === 'orderCreated').map(({ payload }) => payload.orderId);
    expect(created).toEqual(['target', 'other', ...PLAIN_TEXTS.map((_, i) => `text-${i}`)]);
    expect(witness.revisions('target/update')).toEqual([2]);
    expect(witness.connectionEvents.filter(({ name }) => name === 'ready')).toHaveLength(1);
  });

  it('leaves no connection behind', async () => {
    const { gateway } = processes;
    await waitFor(async () => (await gateway.openSockets()) <= base, 'the sockets to be gone', BACK_TO_BASE);
  }, 90_000);

  it('ends no process and adds no line to the log', () => {
    for (const program of [processes.local, processes.gateway]) {
      expect(program.isRunning).toBe(true);
      expect(program.errors).toBe('');
    }
  });
});
