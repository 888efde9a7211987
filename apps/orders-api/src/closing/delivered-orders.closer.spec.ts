import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { InMemoryChangeFeed } from '@galley/change-feed';
import { type Order, type PlaceOrder } from '@galley/contracts';
import { AuditLog } from '@galley/runtime';
import { readOrdersApiConfig } from '../orders-api.config.js';
import { Publisher } from '../publication/publisher.js';
import { InMemoryFeedWitness } from '../store/in-memory-feed-witness.js';
import { InMemoryOrdersRepository } from '../store/in-memory-orders.repository.js';
import { InMemoryTurns } from '../store/in-memory-turns.js';
import { change, place, remove } from '../store/order-commit.js';
import { DeliveredOrdersCloser } from './delivered-orders.closer.js';

const DAY_MS = 24 * 60 * 60 * 1_000;
const START = new Date('2026-11-23T10:00:00.000Z');

const configOf = (days: number) =>
  readOrdersApiConfig({ AUTH: 'open', REDIS_URL: 'redis://localhost', AUTO_CLOSE_DAYS: String(days) });

describe('delivered orders', () => {
  let orders: InMemoryOrdersRepository;
  let feed: InMemoryChangeFeed;
  let publisher: Publisher;
  let turns: InMemoryTurns;
  const recorded = jest.spyOn(AuditLog.prototype, 'record').mockReturnValue();

  beforeEach(() => {
    jest.useFakeTimers({ now: START });
    orders = new InMemoryOrdersRepository();
    turns = new InMemoryTurns();
    feed = new InMemoryChangeFeed();
    publisher = new Publisher(orders, feed, new InMemoryFeedWitness());
    recorded.mockClear();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);
  const open = (days = 7) => {
    const audit = new AuditLog({ level: 'fatal', format: 'text', name: 'test' });
    return new DeliveredOrdersCloser(orders, turns, publisher, audit, configOf(days));
  };
  /** Runs this many replicas while some time passes. */
  const runFor = async (ms: number, { replicas = 1, days = 7 } = {}) => {
    const closers = Array.from({ length: replicas }, () => open(days));
    for (const closer of closers) closer.onApplicationBootstrap();
    await pass(ms);
    await Promise.all(closers.map((closer) => closer.onApplicationShutdown()));
  };
  const now = () => orders.now().toISOString();
  const insert = async (orderId: string, request: Partial<PlaceOrder> = {}) => {
    const commit = place(
      { customerId: 'ana', title: 'T', quantity: 1, status: 'Delivery', ...request },
      orderId,
      now(),
    );
    await orders.insert(commit);
    publisher.publish(orderId);
    await publisher.settled();
    return commit.order;
  };
  const update = async (order: Order, request: Parameters<typeof change>[1]) => {
    const commit = change(order, request, now());
    await orders.update(commit);
    publisher.publish(order.orderId);
    await publisher.settled();
    return commit.order;
  };
  const stored = async (orderId: string) => (await orders.find(orderId))?.order;
  const closedAt = async (orderId: string) => (await stored(orderId))?.closedAt;
  const closedOf = async (ids: readonly string[]) =>
    (await Promise.all(ids.map(stored))).filter((order) => order?.closedAt !== undefined).length;

  it('are closed by the system after so many days, with an entry, an event and a line of the audit log', async () => {
    await insert('a');
    await pass(7 * DAY_MS - 2_000);
    await runFor(1_000);
    expect(await closedAt('a')).toBeUndefined();
    await runFor(3_000);
    const order = await stored('a');
    expect(Date.parse(order?.closedAt ?? '') - START.getTime() - 7 * DAY_MS).toBeLessThan(2_000);
    const [entry] = (await orders.history('a', { order: 'newest', limit: 1 })) ?? [];
    expect(entry).toMatchObject({ type: 'updated', revision: 2, closedAt: order?.closedAt, actor: { role: 'system' } });
    await publisher.settled();
    expect(await orders.unpublished(['a'], 10)).toEqual([]);
    expect(recorded.mock.calls).toEqual([[{ action: 'changeOrder', role: 'system', orderId: 'a', from: 1, to: 2 }]]);
  });

  it('are counted anew when they come back, and when they are opened again', async () => {
    let back = await insert('back');
    let opened = await insert('opened');
    const kept = await insert('kept');
    await pass(4 * DAY_MS);
    back = await update(await update(back, { status: 'Packaging' }), { status: 'Delivery' });
    opened = await update(await update(opened, { closed: true }), { closed: false });
    await update(kept, { quantity: 2 });
    await pass(4 * DAY_MS);
    await runFor(2_000);
    expect(await closedOf(['back', 'opened'])).toBe(0);
    expect(await closedAt('kept')).toBeDefined();
    await pass(4 * DAY_MS);
    await runFor(2_000);
    expect(await closedOf([back.orderId, opened.orderId])).toBe(2);
  });

  it('stay open where they stand elsewhere, were deleted, or are never to be closed', async () => {
    await insert('packed', { status: 'Packaging' });
    await insert('delivered');
    await pass(30 * DAY_MS);
    await runFor(2_000, { days: 0 });
    expect(await closedOf(['packed', 'delivered'])).toBe(0);
    await orders.update(remove(await insert('deleted'), now()));
    await pass(30 * DAY_MS);
    await runFor(2_000);
    expect([await closedAt('packed'), await stored('deleted')]).toEqual([undefined, undefined]);
    expect(await closedAt('delivered')).toBeDefined();
  });

  it('are closed once each and at most 20 in a second, by however many replicas, the longest waiting first', async () => {
    const ids = Array.from({ length: 110 }, (_, i) => `o${String(i).padStart(3, '0')}`);
    for (const orderId of ids) {
      await insert(orderId);
      await pass(10);
    }
    await pass(7 * DAY_MS);
    await pass(1_000 - (Date.now() % 1_000)); // to the beginning of a second
    for (const closed of [20, 40, 60, 80, 100, 110]) {
      await runFor(900, { replicas: 3 });
      expect([await closedOf(ids), await closedOf(ids.slice(0, closed))]).toEqual([closed, closed]);
      await pass(100);
    }
    for (const orderId of ids) expect(await stored(orderId)).toMatchObject({ revision: 2 });
    expect(recorded).toHaveBeenCalledTimes(110);
  });

  it('wait until their earlier changes are published', async () => {
    const order = await insert('a');
    await pass(8 * DAY_MS);
    const append = jest.spyOn(feed, 'append').mockRejectedValue(new Error('Redis is away'));
    const commit = change(order, { quantity: 2 }, now());
    await orders.update(commit);
    publisher.publish('a');
    await runFor(2_000);
    expect(await closedAt('a')).toBeUndefined();
    append.mockRestore();
    await publisher.settled();
    await runFor(2_000);
    expect(await closedAt('a')).toBeDefined();
  });

  it('that cannot be closed hinder no other', async () => {
    const damaged = Array.from({ length: 45 }, (_, i) => `damaged-${i}`);
    for (const orderId of damaged) await insert(orderId);
    await pass(1);
    await insert('intact');
    await pass(8 * DAY_MS);
    const find = orders.find.bind(orders);
    jest
      .spyOn(orders, 'find')
      .mockImplementation((id) => (damaged.includes(id) ? Promise.resolve(undefined) : find(id)));
    await runFor(4_000);
    expect(await closedAt('intact')).toBeDefined();
  });

  it('are closed later if the store does not answer', async () => {
    await insert('a');
    await pass(8 * DAY_MS);
    const failing = jest.spyOn(orders, 'findInDelivery').mockRejectedValue(new Error('no answer'));
    await runFor(2_000);
    failing.mockRestore();
    await runFor(2_000);
    expect(await closedAt('a')).toBeDefined();
  });
});
