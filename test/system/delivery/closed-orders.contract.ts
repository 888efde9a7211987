import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestClient } from '@galley/testing';
import { type TestCluster } from '../harness/cluster.js';

/** What REST promises of orders that end, on any store. */
export function closedOrdersContract(open: () => Promise<TestCluster>): void {
  describe('over REST', () => {
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

    /** @returns its id; it is at revision 2 */
    const placeClosed = async () => {
      const orderId = `closed-${++count}`;
      await cluster.orders.place({ orderId, status: 'Delivery' });
      const { status, body } = await cluster.orders.change(orderId, { closed: true });
      expect([status, body.revision, body.closedAt]).toEqual([200, 2, body.updatedAt]);
      return orderId;
    };
    const isAtRevision = async (orderId: string, revision: number) => {
      const { headers, body } = await cluster.orders.get(orderId);
      expect([body.revision, headers.get('etag')]).toEqual([revision, `"${revision}"`]);
      expect((await cluster.orders.history(orderId)).body.history).toHaveLength(revision);
    };

    describe('a closed order', () => {
      it('says when it was closed in its answer, in lists, in its history and in its events', async () => {
        const orderId = await placeClosed();
        const { body: order } = await cluster.orders.get(orderId);
        const { body: list } = await cluster.orders.list({ limit: 200 });
        expect(list.orders.find((listed) => listed.orderId === orderId)).toEqual(order);
        const { body } = await cluster.orders.history(orderId);
        expect(body.history).toMatchObject([{ revision: 1 }, { revision: 2, closedAt: order.closedAt }]);
        expect(body.history[0]).not.toHaveProperty('closedAt');
        const isIt = (payload: { orderId?: string; revision?: number }) =>
          payload.orderId === orderId && payload.revision === 2;
        const updated = await client.event('orderUpdated', isIt);
        expect(updated).toMatchObject({ closedAt: order.closedAt, order });
        expect(await client.event(`${orderId}/update`, isIt)).toMatchObject({ closedAt: order.closedAt });
      });

      it.each([
        { status: 'Packaging' },
        { quantity: 7 },
        { rush: true },
        { message: 'Late' },
        { note: 'Paid' },
        { closed: true, title: 'Other' },
      ])('takes no other change, and makes no revision: %j', async (request) => {
        const orderId = await placeClosed();
        const { status, body } = await cluster.orders.change(orderId, request);
        expect([status, body]).toMatchObject([409, { code: 'order_closed', retryable: false }]);
        await isAtRevision(orderId, 2);
      });

      it.each([{ closed: true }, { closed: true, status: 'Delivery' }, { status: 'Delivery' }])(
        'answers a request that changes nothing with itself, and makes no revision: %j',
        async (request) => {
          const orderId = await placeClosed();
          const { body: before } = await cluster.orders.get(orderId);
          const { status, body, headers } = await cluster.orders.change(orderId, request);
          expect([status, body, headers.get('etag')]).toEqual([200, before, '"2"']);
          await isAtRevision(orderId, 2);
        },
      );

      it('is opened again, and changed in the same request', async () => {
        const orderId = await placeClosed();
        const { status, body } = await cluster.orders.change(orderId, { closed: false, status: 'Packaging' });
        expect([status, body]).toMatchObject([200, { revision: 3, status: 'Packaging' }]);
        expect(body).not.toHaveProperty('closedAt');
        expect((await cluster.orders.change(orderId, { quantity: 7 })).status).toBe(200);
        const opened = await client.event(
          'orderUpdated',
          (payload) => payload.orderId === orderId && payload.revision === 3,
        );
        expect(opened).not.toHaveProperty('closedAt');
        expect(opened.order).not.toHaveProperty('closedAt');
      });

      it('is deleted like any other', async () => {
        const orderId = await placeClosed();
        expect((await cluster.orders.remove(orderId, { 'if-match': '"2"' })).status).toBe(204);
        expect((await cluster.orders.get(orderId)).status).toBe(404);
      });

      it('at another revision than If-Match asks for is answered so, whatever the request says', async () => {
        const orderId = await placeClosed();
        for (const request of [{ closed: false }, { quantity: 7 }, { closed: true }]) {
          const { status, body } = await cluster.orders.change(orderId, request, { 'if-match': '"1"' });
          expect([status, body]).toMatchObject([412, { code: 'precondition_failed' }]);
        }
        await isAtRevision(orderId, 2);
      });
    });

    describe('a request that changes nothing of an open order', () => {
      it('is answered with the order, and makes no revision and no event', async () => {
        const placed = { orderId: 'same', title: 'T', quantity: 1, estimatedDate: '2026-12-24', rush: false } as const;
        const { body: order } = await cluster.orders.place(placed);
        const { title, quantity, estimatedDate, rush } = placed;
        for (const request of [{ title }, { quantity, estimatedDate, rush }, { closed: false }]) {
          const { status, body, headers } = await cluster.orders.change('same', request, { 'if-match': '"1"' });
          expect([status, body, headers.get('etag')]).toEqual([200, order, '"1"']);
        }
        await cluster.orders.change('same', { message: 'Soon' });
        await cluster.orders.change('same', { note: 'Paid' });
        await client.event('orderUpdated', ({ orderId, revision }) => orderId === 'same' && revision === 3);
        expect(client.revisions('same/update')).toEqual([2, 3]);
      });
    });
  });
}
