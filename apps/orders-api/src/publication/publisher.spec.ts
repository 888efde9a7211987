import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  encodeChange,
  InMemoryChangeFeed,
  startOf,
  type Appended,
  type Change,
  type PublishedChange,
} from '@galley/change-feed';
import { orderUpdatedEvent, type ChangeOrder, type PlaceOrder, type Position } from '@galley/contracts';
import { waitFor } from '@galley/testing';
import { InMemoryOrdersRepository } from '../store/in-memory-orders.repository.js';
import { change, place, remove } from '../store/order-commit.js';
import { Publisher } from './publisher.js';
import { InMemoryFeedWitness } from '../store/in-memory-feed-witness.js';

const request: PlaceOrder = { customerId: 'ana', title: 'Annual report', quantity: 500, status: 'In Production' };
const NOW = '2026-11-23T10:00:00.000Z';

/** A broker that can be away, or can append changes and lose the answer. */
class UnreliableFeed extends InMemoryChangeFeed {
  failures = 0;
  lostAnswers = 0;
  /** The changes of each append, as "order revision". */
  readonly appends: string[][] = [];
  mostBytes = 0;

  override async append(changes: readonly Change[], witnessed?: Position): Promise<Appended> {
    this.appends.push(changes.map(({ orderId, revision }) => `${orderId} ${revision}`));
    this.mostBytes = Math.max(this.mostBytes, Buffer.byteLength(changes.map(encodeChange).join('\n')));
    if (this.failures-- > 0) throw new Error('away');
    const appended = await super.append(changes, witnessed);
    if (this.lostAnswers-- > 0) throw new Error('the answer was lost');
    return appended;
  }
}

describe('Publisher', () => {
  let orders: InMemoryOrdersRepository;
  let feed: UnreliableFeed;
  let publisher: Publisher;
  let witness: InMemoryFeedWitness;

  beforeEach(() => {
    orders = new InMemoryOrdersRepository();
    feed = new UnreliableFeed();
    witness = new InMemoryFeedWitness();
    publisher = new Publisher(orders, feed, witness);
  });

  const store = async (
    orderId: string,
    revisions: number,
    more: ChangeOrder = {},
    committed: () => void = () => undefined,
  ) => {
    let commit = place(request, orderId, NOW);
    await orders.insert(commit);
    committed();
    while (commit.order.revision < revisions) {
      commit = change(commit.order, { quantity: commit.order.revision + 1, ...more }, NOW);
      await orders.update(commit);
      committed();
    }
    return commit.order;
  };
  const write = (orderId: string, revisions: number) =>
    store(orderId, revisions, {}, () => {
      publisher.publish(orderId);
    });
  const log = async (): Promise<PublishedChange[]> => {
    const head = await feed.head();
    return head ? (await feed.read(startOf(head.epoch), 100_000)).changes : [];
  };
  const published = async () => (await log()).map(({ orderId, revision }) => `${orderId} ${revision}`);
  const backlog = async () => (await orders.findUnpublished(10)).map(({ orderId }) => orderId);

  it('publishes each change with the order right after it', async () => {
    const order = await write('a', 3);
    await orders.update(remove(order, NOW));
    publisher.publish('a');
    await publisher.settled();
    const changes = await log();
    expect(changes.map(({ type }) => type)).toEqual(['created', 'updated', 'updated', 'deleted']);
    expect(changes.map(({ order }) => JSON.parse(order ?? 'null') as unknown)).toEqual([
      expect.objectContaining({ quantity: 500, revision: 1 }),
      expect.objectContaining({ quantity: 2, revision: 2 }),
      expect.objectContaining({ quantity: 3, revision: 3 }),
      null,
    ]);
    const [, second] = changes;
    const event: unknown = JSON.parse(second?.event ?? '');
    const payload = { ...(event as object), order: JSON.parse(second?.order ?? '') as object, position: 'e:2' };
    expect(orderUpdatedEvent.parse(payload)).toEqual(payload);
    expect(await backlog()).toEqual([]);
  });

  describe('a change that this process has committed', () => {
    let reads: string[][];
    beforeEach(() => {
      reads = [];
      const unpublished = orders.unpublished.bind(orders);
      orders.unpublished = (orderIds, perOrder) => {
        reads.push([...orderIds]);
        return unpublished(orderIds, perOrder);
      };
    });

    /** Commits a change of an order as the service does. */
    const commit = async (orderId: string, request: ChangeOrder) => {
      const stored = await orders.find(orderId);
      if (!stored) throw new Error(`no order ${orderId}`);
      const next = change(stored.order, request, NOW, { role: 'staff', sub: 'sam' });
      await orders.update(next);
      return { ...next, publishedRevision: stored.publishedRevision };
    };
    const placeAndPublish = async (orderId: string) => {
      const placed = place(request, orderId, NOW);
      await orders.insert(placed);
      publisher.publish(orderId, { ...placed, publishedRevision: 0 });
    };

    it('is published without being read, as it would be read', async () => {
      const edit: ChangeOrder = { status: 'Packaging', message: 'Hi', note: 'Own' };
      await placeAndPublish('known');
      await publisher.settled();
      publisher.publish('known', await commit('known', edit));
      await publisher.settled();
      expect(reads).toEqual([]);
      await orders.insert(place(request, 'read', NOW));
      await commit('read', edit);
      publisher.publish('read');
      await publisher.settled();
      expect(reads).toEqual([['read']]);
      const contentOf = async (id: string) =>
        (await log())
          .filter(({ orderId }) => orderId === id)
          .map(({ event, order, staffPart }) => [event, order, staffPart].join('\n').replaceAll(id, 'id'));
      expect(await contentOf('known')).toHaveLength(2);
      expect(await contentOf('known')).toEqual(await contentOf('read'));
      expect(await backlog()).toEqual([]);
    });

    it('is published without being read also if the one before is not marked yet', async () => {
      await placeAndPublish('a');
      await waitFor(() => feed.appends.length === 1, 'the first append');
      const committed = await commit('a', { quantity: 2 });
      expect(committed.publishedRevision).toBe(0);
      publisher.publish('a', committed);
      await publisher.settled();
      expect(reads).toEqual([]);
      expect(await published()).toEqual(['a 1', 'a 2']);
    });

    it('is read if nobody knows that the one before is in the log, so that a new epoch does not begin with it', async () => {
      await orders.insert(place(request, 'a', NOW)); // by a process that has crashed
      publisher.publish('a', await commit('a', { quantity: 2 }));
      await publisher.settled();
      expect(reads).toEqual([['a']]);
      expect(await published()).toEqual(['a 1', 'a 2']);
    });

    it('is read if its order waits with another one, whichever is told first', async () => {
      const first = place(request, 'a', NOW);
      await orders.insert(first);
      publisher.publish('a', await commit('a', { quantity: 2 }));
      publisher.publish('a', { ...first, publishedRevision: 0 });
      await publisher.settled();
      expect(reads).toEqual([['a']]);
      expect(await published()).toEqual(['a 1', 'a 2']);
    });

    it('is read if the append has failed', async () => {
      feed.lostAnswers = 1;
      await placeAndPublish('a');
      await publisher.settled();
      expect(reads).toEqual([['a']]);
      expect(await published()).toEqual(['a 1']);
      expect(await backlog()).toEqual([]);
    });
  });

  it('offers changes again that could not be marked, and repeats nothing', async () => {
    const markPublished = orders.markPublished.bind(orders);
    let failures = 2;
    orders.markPublished = (marks) => (failures-- > 0 ? Promise.reject(new Error('away')) : markPublished(marks));
    await write('a', 3);
    await publisher.settled();
    await write('b', 1);
    await publisher.settled();
    expect(await backlog()).toEqual([]);
    expect(await published()).toEqual(['a 1', 'a 2', 'a 3', 'b 1']);
    expect(publisher.counts).toMatchObject({ appended: 4, failures: 2 });
  });

  it('marks what it has appended before it stops', async () => {
    await write('a', 1);
    await publisher.onApplicationShutdown();
    expect(await published()).toEqual(['a 1']);
    expect(await backlog()).toEqual([]);
  });

  it('appends changes that are committed together at once', async () => {
    await Promise.all(Array.from({ length: 20 }, (_, i) => write(`o${i}`, 1)));
    await publisher.settled();
    expect(await published()).toHaveLength(20);
    expect(feed.appends.length).toBeLessThanOrEqual(2);
  });

  it('goes on after an outage, in order', async () => {
    feed.failures = 2;
    await write('a', 3);
    await waitFor(async () => (await backlog()).length === 0, 'the changes to be published');
    expect(await published()).toEqual(['a 1', 'a 2', 'a 3']);
  });

  it('repeats nothing when the answer to an append was lost', async () => {
    feed.lostAnswers = 1;
    await write('a', 2);
    await waitFor(async () => (await backlog()).length === 0, 'the changes to be published');
    expect(await published()).toEqual(['a 1', 'a 2']);
  });

  it('shares an order with another replica without repeating or reordering', async () => {
    const other = new Publisher(orders, feed, witness);
    await write('a', 5);
    other.publish('a');
    await Promise.all([publisher.settled(), other.settled()]);
    expect(await published()).toEqual(['a 1', 'a 2', 'a 3', 'a 4', 'a 5']);
  });

  it('starts a new epoch when the feed has lost changes, and goes on in it', async () => {
    const order = await write('a', 1);
    await publisher.settled();
    const second = change(order, { quantity: 2 }, NOW);
    await orders.update(second);
    await orders.markPublished([{ orderId: 'a', revision: 2, timestamp: NOW }]); // as far as the store knows, it was published
    const before = (await feed.head())?.epoch;
    await orders.update(change(second.order, { quantity: 3 }, NOW));
    publisher.publish('a');
    await write('b', 1);
    await waitFor(async () => (await backlog()).length === 0, 'the changes to be published');
    expect(await published()).toEqual(['a 3', 'b 1']);
    expect((await feed.head())?.epoch).not.toBe(before);
  });

  it('starts a new epoch when the feed went back behind what is marked, although nobody is left who knew it', async () => {
    const order = await write('a', 20);
    await publisher.settled();
    const goBack = feed.save();
    const before = await feed.head();
    let commit = change(order, { quantity: 21 }, NOW);
    for (; commit.order.revision <= 25; commit = change(commit.order, { quantity: commit.order.revision + 1 }, NOW)) {
      await orders.update(commit);
      publisher.publish('a');
      await publisher.settled();
    }
    goBack();
    publisher = new Publisher(orders, feed, witness);
    await write('b', 1);
    await publisher.settled();
    expect(await published()).toEqual(['b 1']);
    expect(before && (await feed.read(before, 10)).continuity).toBe('forked');
  });

  it('marks nothing as published that is only in a history that another replica has left', async () => {
    await write('a', 1);
    await publisher.settled();
    const lagging = new UnreliableFeed();
    const { head } = await feed.append([]);
    await lagging.append([], head); // a Redis of its own, with another history
    const isolated = new Publisher(orders, lagging, witness);
    await orders.insert(place(request, 'b', NOW));
    const appended = lagging.appends.length;
    isolated.publish('b');
    await isolated.settled();
    expect(lagging.appends.length).toBeGreaterThan(appended);
    const { newest } = { newest: await witness.newest() };
    expect(newest && (await lagging.read(newest, 1)).continuity).toBe('kept');
  });

  it('publishes a long backlog completely and in order, in appends of bounded size', async () => {
    const long = { title: 'ü'.repeat(200), message: '東'.repeat(500) };
    for (const orderId of ['a', 'b', 'c']) await store(orderId, 900, long);
    for (const orderId of ['a', 'b', 'c']) publisher.publish(orderId);
    await publisher.settled();
    const all = await log();
    for (const orderId of ['a', 'b', 'c']) {
      const revisions = all.filter((found) => found.orderId === orderId).map(({ revision }) => revision);
      expect(revisions).toEqual(Array.from({ length: 900 }, (_, i) => i + 1));
    }
    expect(Math.max(...feed.appends.map(({ length }) => length))).toBeLessThanOrEqual(1_000);
    expect(feed.mostBytes).toBeLessThan(1.1 * 1_048_576);
    expect(await backlog()).toEqual([]);
  });

  it('publishes a new change before the rest of the backlogs that were there first', async () => {
    const backlogged = Array.from({ length: 12 }, (_, i) => `long-${i}`);
    for (const orderId of backlogged) await store(orderId, 300);
    await store('new', 1);
    for (const orderId of [...backlogged, 'new']) publisher.publish(orderId);
    await publisher.settled();
    const places = new Map((await published()).map((found, i) => [found, i]));
    for (const orderId of backlogged) expect(places.get('new 1')).toBeLessThan(places.get(`${orderId} 300`) ?? 0);
  });

  it('leaves changes in the store that it cannot publish before it stops', async () => {
    feed.failures = Infinity;
    await write('a', 1);
    await publisher.onApplicationShutdown();
    expect(await backlog()).toEqual(['a']);
  });
});
