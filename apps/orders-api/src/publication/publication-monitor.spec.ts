import { beforeEach, describe, expect, it } from '@jest/globals';
import { InMemoryChangeFeed, type FeedBeat } from '@galley/change-feed';
import { InMemoryFeedWitness } from '../store/in-memory-feed-witness.js';
import { InMemoryOrdersRepository } from '../store/in-memory-orders.repository.js';
import { change, place } from '../store/order-commit.js';
import { PublicationMonitor } from './publication-monitor.js';

const NOW = Date.parse('2026-11-23T10:00:00.000Z');

/** A store whose clock the test sets. */
class DatedOrders extends InMemoryOrdersRepository {
  time = NOW;

  override now(): Date {
    return new Date(this.time);
  }
}

describe('PublicationMonitor', () => {
  let orders: DatedOrders;
  let feed: InMemoryChangeFeed;
  let witness: InMemoryFeedWitness;
  let monitor: PublicationMonitor;
  let beats: FeedBeat[];

  beforeEach(() => {
    orders = new DatedOrders();
    feed = new InMemoryChangeFeed();
    witness = new InMemoryFeedWitness();
    monitor = new PublicationMonitor(orders, feed, witness);
    beats = [];
    feed.subscribe({ onChange: () => undefined, onGap: () => undefined, onBeat: (beat) => beats.push(beat) });
  });

  const write = async () => {
    const content = { customerId: 'ana', title: 'T', quantity: 1, status: 'Delivery' as const };
    const placed = place(content, 'a', orders.now().toISOString());
    await orders.insert(placed);
    await orders.update(change(placed.order, { quantity: 2 }, orders.now().toISOString()));
  };

  it('says every time that it lives, and how long the oldest unpublished change has waited', async () => {
    await monitor.check();
    await write();
    orders.time += 3_000;
    await monitor.check();
    expect(beats).toEqual([{ unpublishedForMs: 0 }, { unpublishedForMs: 3_000 }]);
    expect(monitor.isLate).toBe(false);
  });

  it('counts the changes once they are late, until they are published', async () => {
    await write();
    orders.time += 6_000;
    await monitor.check();
    expect([monitor.isLate, monitor.backlog]).toEqual([true, { waitedMs: 6_000, changes: 2 }]);
    await orders.markPublished([{ orderId: 'a', revision: 2, timestamp: orders.now().toISOString() }]);
    await monitor.check();
    expect([monitor.isLate, monitor.backlog]).toEqual([false, { waitedMs: 0, changes: 0 }]);
  });

  it('is not misled by a change from the future', async () => {
    await write();
    orders.time -= 60_000;
    await monitor.check();
    expect(monitor.backlog.waitedMs).toBe(0);
  });

  it('starts a new epoch if the log has lost what the store has witnessed, although nobody writes', async () => {
    await feed.append([]);
    const goBack = feed.save();
    const { head } = await feed.append([
      { type: 'created', orderId: 'a', customerId: 'ana', revision: 1, timestamp: '', event: '{"a":1}' },
    ]);
    await witness.record(head, undefined);
    goBack();
    await monitor.check();
    expect((await feed.read(head, 1)).continuity).toBe('forked');
    expect((await feed.head())?.epoch).not.toBe(head.epoch);
    await monitor.check();
    expect(monitor.newEpochs).toBe(1);
  });
});
