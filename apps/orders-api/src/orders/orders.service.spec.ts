import { beforeEach, describe, expect, it } from '@jest/globals';
import { type Principal } from '@galley/access';
import { InMemoryChangeFeed } from '@galley/change-feed';
import { type GalleyError, type HistoryEntry, type PlaceOrder, type ReadHistory } from '@galley/contracts';
import { AuditLog } from '@galley/runtime';
import { Publisher } from '../publication/publisher.js';
import { InMemoryFeedWitness } from '../store/in-memory-feed-witness.js';
import { InMemoryOrdersRepository } from '../store/in-memory-orders.repository.js';
import { OrderQueues } from './order-queues.js';
import { OrdersService } from './orders.service.js';

const ana: Principal = { role: 'staff', sub: 'ana' };
const caller = { principal: ana, requestId: 'r' };
const request: PlaceOrder = { customerId: 'bob', title: 'Annual report', quantity: 500, status: 'In Production' };
const IN_AN_HOUR = () => new Date(Date.now() + 3_600_000);

/** The code of a refusal. */
const codeOf = (answer: Promise<unknown>) =>
  answer.then(
    () => 'answered',
    (error: unknown) => (error as GalleyError).code,
  );

describe('OrdersService', () => {
  let repository: InMemoryOrdersRepository;
  let publisher: Publisher;
  let orders: OrdersService;

  beforeEach(() => {
    repository = new InMemoryOrdersRepository();
    publisher = new Publisher(repository, new InMemoryChangeFeed(), new InMemoryFeedWitness());
    const audit = new AuditLog({ level: 'fatal', format: 'text', name: 'test' });
    orders = new OrdersService(repository, publisher, audit, { timeZone: 'UTC' }, new OrderQueues());
  });

  /** Deletes an order, and its content. */
  const end = async (orderId: string) => {
    await orders.remove(orderId, caller);
    await publisher.settled();
    expect(await repository.purgeTombstones(IN_AN_HOUR())).toBe(1);
  };

  const changeOften = async (orderId: string, times: number, message?: string) => {
    for (let i = 1; i <= times; i++) {
      await orders.change(orderId, { quantity: i, message }, caller);
      if (i % 500 === 0) await publisher.settled();
    }
  };

  it('makes each of 50 changes of an order at once, one after the other', async () => {
    const { orderId } = await orders.place(request, caller);
    const changed = await Promise.all(
      Array.from({ length: 50 }, (_, i) => orders.change(orderId, { quantity: 1_000 + i }, caller)),
    );
    expect(changed.map(({ revision, quantity }) => [revision, quantity])).toEqual(
      Array.from({ length: 50 }, (_, i) => [i + 2, 1_000 + i]),
    );
  });

  describe('an order that has ended', () => {
    it('opens nothing new: its id, its key and its link never belong to another one', async () => {
      const link: Principal = { role: 'tracker', sub: 'l', orderId: 'job-1' };
      await orders.place({ ...request, orderId: 'job-1' }, caller, 'form-7');
      await end('job-1');
      for (const customerId of ['bob', 'eve']) {
        expect(await codeOf(orders.place({ ...request, orderId: 'job-1', customerId }, caller))).toBe('order_exists');
      }
      expect(await codeOf(orders.place({ ...request, orderId: 'job-1' }, caller, 'form-7'))).toBe('order_exists');
      for (const principal of [link, ana]) {
        expect(await codeOf(orders.get('job-1', principal))).toBe('order_not_found');
        expect(await codeOf(orders.history('job-1', { order: 'oldest' }, principal))).toBe('order_not_found');
      }
      expect(await codeOf(orders.change('job-1', { quantity: 1 }, caller))).toBe('order_not_found');
      expect(await codeOf(orders.remove('job-1', caller))).toBe('order_not_found');
    });

    it('is not placed again by a repetition of its POST that has no id', async () => {
      const { orderId } = await orders.place(request, caller, 'form-7');
      await end(orderId);
      expect(await codeOf(orders.place(request, caller, 'form-7'))).toBe('order_exists');
      expect(await orders.list({ limit: 10 }, ana)).toEqual({ orders: [] });
    });
  });

  describe('a repeated POST', () => {
    it('gets the first answer after 1,000 changes, and after the deletion, byte for byte', async () => {
      const first = JSON.stringify(await orders.place({ ...request, estimatedDate: '2026-12-24' }, caller, 'form-7'));
      const { orderId } = JSON.parse(first) as { orderId: string };
      const repeated = () => orders.place({ ...request, estimatedDate: '2026-12-24' }, caller, 'form-7');
      await changeOften(orderId, 1_010);
      expect(JSON.stringify(await repeated())).toBe(first);
      await orders.remove(orderId, caller);
      expect(JSON.stringify(await repeated())).toBe(first);
    }, 30_000);
  });

  describe('a repeated PATCH or DELETE with a key', () => {
    const at = (revision: number) => (now: number) => now === revision;
    const revisions = async () => (await orders.history('a', { order: 'oldest' }, ana)).history.length;

    beforeEach(() => orders.place({ ...request, orderId: 'a' }, caller));

    it('gets the first answer, whatever has changed since, and changes nothing', async () => {
      const conditions = { precondition: at(1), key: 'k' };
      const first = await orders.change('a', { status: 'Delivery' }, caller, conditions);
      await orders.change('a', { status: 'Packaging' }, caller);
      expect(await orders.change('a', { status: 'Delivery' }, caller, conditions)).toEqual(first);
      expect(await orders.change('a', { status: 'Delivery' }, caller, { key: 'k' })).toEqual(first);
      expect(await revisions()).toBe(3);
    });

    it('changes the order once if all repetitions come at the same time', async () => {
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => orders.change('a', { message: 'Hurry' }, caller, { key: 'k' })),
      );
      expect(new Set(answers.map(({ revision }) => revision))).toEqual(new Set([2]));
      expect(await revisions()).toBe(2);
    });

    it('is answered after the deletion too, until the content of the order is purged', async () => {
      await orders.change('a', { quantity: 7 }, caller, { key: 'k' });
      await orders.remove('a', caller, { precondition: at(2), key: 'l' });
      await orders.remove('a', caller, { precondition: at(2), key: 'l' });
      expect((await orders.change('a', { quantity: 7 }, caller, { key: 'k' })).revision).toBe(2);
      expect(await codeOf(orders.remove('a', caller, { key: 'm' }))).toBe('order_not_found');
      await publisher.settled();
      await repository.purgeTombstones(IN_AN_HOUR());
      expect(await codeOf(orders.remove('a', caller, { key: 'l' }))).toBe('order_not_found');
    });

    it('is refused if it is another request, or if somebody else was first', async () => {
      await orders.change('a', { quantity: 7 }, caller, { key: 'k' });
      expect(await codeOf(orders.change('a', { quantity: 8 }, caller, { key: 'k' }))).toBe('idempotency_key_reused');
      expect(await codeOf(orders.remove('a', caller, { key: 'k' }))).toBe('idempotency_key_reused');
      const late = { precondition: at(1), key: 'late' };
      expect(await codeOf(orders.change('a', { quantity: 9 }, caller, late))).toBe('precondition_failed');
      const other = { principal: { role: 'staff', sub: 'sue' } as const, requestId: 'r' };
      expect((await orders.change('a', { quantity: 8 }, other, { key: 'k' })).revision).toBe(3);
    });
  });

  describe('a history', () => {
    const page = (query: Partial<ReadHistory> = {}) => orders.history('a', { order: 'oldest', ...query }, ana);
    const revisions = (history: HistoryEntry[]) => history.map(({ revision }) => revision);
    const upTo = (last: number) => Array.from({ length: last }, (_, i) => i + 1);

    /** Follows `nextCursor` to the end. */
    const all = async (query: Partial<ReadHistory>) => {
      const pages: number[][] = [];
      for (let cursor: string | undefined; ;) {
        const { history, nextCursor } = await page({ ...query, cursor });
        pages.push(revisions(history));
        if (nextCursor === undefined) return pages;
        cursor = nextCursor;
      }
    };

    beforeEach(() => orders.place({ ...request, orderId: 'a' }, caller));

    it('is answered whole if it fits, oldest first', async () => {
      await changeOften('a', 999);
      const answer = await page();
      expect(revisions(answer.history)).toEqual(upTo(1_000));
      expect(answer).not.toHaveProperty('nextCursor');
    });

    it('has bounded pages if its texts are long, and all of it in them', async () => {
      await changeOften('a', 649, '東'.repeat(500));
      const { history, nextCursor } = await page();
      expect(Buffer.byteLength(JSON.stringify(history))).toBeLessThan(1_048_576);
      expect(nextCursor).toBeDefined();
      expect((await all({})).flat()).toEqual(upTo(650));
    });

    it.each([1, 3, 200])('is read in both directions, %i entries a page', async (limit) => {
      await changeOften('a', 6);
      const chunks = (list: number[]) => list.flatMap((_, i) => (i % limit === 0 ? [list.slice(i, i + limit)] : []));
      expect(await all({ limit })).toEqual(chunks(upTo(7)));
      expect(await all({ limit, order: 'newest' })).toEqual(chunks(upTo(7).reverse()));
    });

    it('is not read with a cursor of the other direction', async () => {
      await changeOften('a', 6);
      const { nextCursor } = await page({ limit: 2 });
      expect(await codeOf(page({ order: 'newest', cursor: nextCursor }))).toBe('invalid_request');
    });

    it('goes on where it was while the order changes', async () => {
      await changeOften('a', 3);
      const { nextCursor } = await page({ limit: 2, order: 'newest' });
      await changeOften('a', 5);
      expect(revisions((await page({ order: 'newest', cursor: nextCursor })).history)).toEqual([2, 1]);
    });
  });
});
