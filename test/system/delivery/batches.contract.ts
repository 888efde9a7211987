import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { batchOutcomes, MAX_BATCH_BYTES, type Order, type Problem } from '@galley/contracts';
import { aPlaceOrder, TestClient, waitFor } from '@galley/testing';
import { type TestCluster } from '../harness/cluster.js';

/** What `POST /batches` promises, on any store. */
export function batchesContract(open: () => Promise<TestCluster>): void {
  describe('batches', () => {
    let cluster: TestCluster;
    let client: TestClient;
    let count = 0;

    beforeAll(async () => {
      cluster = await open();
      client = await TestClient.connect(cluster.url);
    }, 180_000);
    afterAll(async () => {
      client.close();
      await cluster.close();
    }, 60_000);

    const newIds = () => {
      const run = ++count;
      return (name: string) => `batch-${run}-${name}`;
    };
    const placing = (orderId: string, more: object = {}) => ({
      type: 'place',
      order: aPlaceOrder({ orderId }),
      ...more,
    });
    const change = (orderId: string, changes: object, more: object = {}) => ({
      type: 'change',
      orderId,
      changes,
      ...more,
    });
    const outcomesOf = async (operations: readonly object[]) => {
      const { status, body } = await cluster.orders.batch(operations);
      expect(status).toBe(200);
      return batchOutcomes.parse(body).outcomes;
    };
    const statuses = async (operations: readonly object[]) =>
      (await outcomesOf(operations)).map(({ status }) => status);
    const revisions = async (orderId: string) =>
      (await cluster.orders.history(orderId)).body.history.map(({ revision }) => revision);

    it('places, changes, closes and deletes, and answers each operation as the single request', async () => {
      const id = newIds();
      for (const name of ['moved', 'closed', 'deleted']) await cluster.orders.place({ orderId: id(name) });
      const outcomes = await outcomesOf([
        placing(id('new'), { order: aPlaceOrder({ orderId: id('new'), note: 'by phone' }) }),
        change(id('moved'), { status: 'In Printing', message: 'On the press' }, { ifMatch: 1 }),
        change(id('closed'), { closed: true }),
        { type: 'remove', orderId: id('deleted'), ifMatch: 1 },
      ]);
      expect(outcomes.map(({ status }) => status)).toEqual([201, 200, 200, 204]);
      for (const [i, name] of ['new', 'moved', 'closed'].entries()) {
        expect(outcomes[i]).toHaveProperty('order', (await cluster.orders.get(id(name))).body);
      }
      expect((await cluster.orders.get(id('deleted'))).status).toBe(404);
      const { history } = (await cluster.orders.history(id('moved'))).body;
      expect(history.at(-1)).toMatchObject({ message: 'On the press', actor: { role: 'anonymous' } });
      await client.event('orderDeleted', ({ orderId }) => orderId === id('deleted'));
    });

    it('refuses an operation as the single request, and stops none of the others', async () => {
      const id = newIds();
      await cluster.orders.place({ orderId: id('there') });
      await cluster.orders.place({ orderId: id('closed') });
      await cluster.orders.change(id('closed'), { closed: true });
      const singles = [
        await cluster.orders.place({ orderId: id('there') }),
        await cluster.orders.change(id('there'), { rush: true }, { 'if-match': '"9"' }),
        await cluster.orders.change(id('closed'), { rush: true }),
        await cluster.orders.remove(id('nowhere')),
      ];
      const outcomes = await outcomesOf([
        placing(id('there')),
        change(id('there'), { rush: true }, { ifMatch: 9 }),
        change(id('closed'), { rush: true }),
        { type: 'remove', orderId: id('nowhere') },
        change(id('there'), { quantity: 0 }),
        change(id('there'), { quantity: 7 }, { ifMatch: 1 }),
      ]);
      expect(outcomes.slice(0, 4)).toEqual(singles.map(({ status, body }) => ({ status, problem: body })));
      expect(outcomes[4]).toMatchObject({
        problem: { code: 'invalid_request', errors: [{ field: 'changes.quantity', message: 'must be at least 1' }] },
      });
      expect(outcomes[5]).toMatchObject({ status: 200, order: { revision: 2, quantity: 7 } });
    });

    it('carries out the operations of one order in their order', async () => {
      const orderId = newIds()('once');
      const operations = [
        placing(orderId),
        ...Array.from({ length: 20 }, (_, i) => change(orderId, { quantity: i + 2 }, { ifMatch: i + 1 })),
        { type: 'remove', orderId, ifMatch: 21 },
        change(orderId, { quantity: 1 }),
        placing(orderId),
      ];
      expect(await statuses(operations)).toEqual([201, ...Array<number>(20).fill(200), 204, 404, 409]);
    });

    it('is answered as the first time if it is repeated, and nothing is stored twice', async () => {
      const id = newIds();
      await cluster.orders.place({ orderId: id('old') });
      await cluster.orders.place({ orderId: id('deleted') });
      const operations = [
        placing(id('new'), { idempotencyKey: id('a') }),
        { type: 'place', order: aPlaceOrder(), idempotencyKey: id('b') },
        change(id('old'), { message: 'Once' }, { ifMatch: 1, idempotencyKey: id('c') }),
        { type: 'remove', orderId: id('deleted'), ifMatch: 1, idempotencyKey: id('d') },
      ];
      const first = await outcomesOf(operations);
      expect(first.map(({ status }) => status)).toEqual([201, 201, 200, 204]);
      expect(await outcomesOf(operations)).toEqual(first);
      const [again] = await Promise.all([outcomesOf(operations), outcomesOf(operations)]);
      expect(again).toEqual(first);
      expect(await revisions(id('old'))).toEqual([1, 2]);
      expect(await revisions(id('new'))).toEqual([1]);
      // A key is the same in a batch and in a single request.
      const single = await cluster.orders.change(id('old'), { message: 'Once' }, { 'idempotency-key': id('c') });
      expect(first[2]).toHaveProperty('order', single.body);
      expect(await statuses([change(id('old'), { message: 'Twice' }, { idempotencyKey: id('c') })])).toEqual([422]);
    });

    it('is refused as a whole, and stores nothing, if it is no batch, or too large', async () => {
      const orderId = newIds()('never');
      const refusal = async (body: unknown) => (await cluster.orders.send<Problem>('POST', '/batches', body)).body;
      const tooMany = Array.from({ length: 501 }, (_, i) => placing(i === 0 ? orderId : `${orderId}-${i}`));
      for (const body of [
        ...[{ operations: tooMany }, { operations: [] }, { operations: 'x' }, [placing(orderId)]],
        ...[undefined, {}, { operations: [placing(orderId)], atomic: true }],
      ]) {
        expect(await refusal(body)).toMatchObject({ code: 'invalid_request', retryable: false });
      }
      expect((await refusal({ operations: tooMany })).detail).toBe('operations must have at most 500 elements');
      const large = JSON.stringify({ operations: [placing(orderId)] }) + ' '.repeat(MAX_BATCH_BYTES);
      expect(await refusal(large)).toMatchObject({ code: 'body_too_large' });
      expect((await cluster.orders.get(orderId)).status).toBe(404);
    });

    it('brings 500 orders, of about 1 kB each, to clients at once', async () => {
      const id = newIds();
      const message = 'x'.repeat(500);
      const operations = Array.from({ length: 500 }, (_, i) => {
        const order = aPlaceOrder({ orderId: id(`${i}`), title: `Job ${i} ${'y'.repeat(100)}`, message });
        return { type: 'place', idempotencyKey: id(`key-${i}`), order };
      });
      const placed: Order[] = [];
      // A slow store may not carry all out in time. The rest is sent again.
      for (let left = operations; left.length > 0;) {
        const outcomes = await outcomesOf(left);
        placed.push(...outcomes.flatMap((outcome) => ('order' in outcome ? [outcome.order] : [])));
        left = left.filter((_, i) => outcomes[i]?.status === 503);
      }
      expect(new Set(placed.map(({ orderId }) => orderId))).toEqual(
        new Set(operations.map(({ order }) => order.orderId)),
      );
      expect(placed).toHaveLength(500);
      const heard = () =>
        client.events.filter(({ name, payload }) => name === 'orderCreated' && payload.message === message);
      await waitFor(() => heard().length === 500, 'all events', 30_000);
      const orders = heard().flatMap(({ payload }) => payload.order ?? []);
      const byId = (a: Order, b: Order) => (a.orderId < b.orderId ? -1 : 1);
      expect(orders.sort(byId)).toEqual(placed.sort(byId));
    }, 120_000);
  });
}
