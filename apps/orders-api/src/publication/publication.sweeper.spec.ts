import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { InMemoryChangeFeed } from '@galley/change-feed';
import { waitFor } from '@galley/testing';
import { InMemoryOrdersRepository } from '../store/in-memory-orders.repository.js';
import { InMemoryFeedWitness } from '../store/in-memory-feed-witness.js';
import { change, place } from '../store/order-commit.js';
import { readOrdersApiConfig } from '../orders-api.config.js';
import { PublicationSweeper } from './publication.sweeper.js';
import { Publisher } from './publisher.js';

/** A broker that never answers. */
class SilentFeed extends InMemoryChangeFeed {
  override append(): Promise<never> {
    return new Promise(() => undefined);
  }
}

const configOf = (sweepAfterMs: number) =>
  readOrdersApiConfig({ AUTH: 'open', REDIS_URL: 'redis://localhost', SWEEP_AFTER_MS: String(sweepAfterMs) });
const config = configOf(0);
const placed = (orderId: string, timestamp = '2026-11-23T10:00:00.000Z') =>
  place({ customerId: 'ana', title: 'T', quantity: 1, status: 'Delivery' }, orderId, timestamp);

describe('PublicationSweeper', () => {
  it('publishes what another replica committed and left behind', async () => {
    const orders = new InMemoryOrdersRepository();
    const feed = new InMemoryChangeFeed();
    await orders.insert(placed('left'));
    const sweeper = new PublicationSweeper(orders, new Publisher(orders, feed, new InMemoryFeedWitness()), config);
    await waitFor(async () => (await sweeper.sweep()) === 1, 'the sweeper to find the order');
    await waitFor(async () => (await feed.head())?.seq === 1, 'the change to be published');
  });

  it('sweeps again even while the publisher is busy', async () => {
    const orders = new InMemoryOrdersRepository();
    const sweeper = new PublicationSweeper(
      orders,
      new Publisher(orders, new SilentFeed(), new InMemoryFeedWitness()),
      config,
    );
    await orders.insert(placed('first'));
    await waitFor(async () => (await sweeper.sweep()) === 1, 'a sweep');
    await orders.insert(placed('second'));
    await waitFor(async () => (await sweeper.sweep()) === 2, 'another sweep');
  });

  describe('measures by its own clock how long an order has waited', () => {
    beforeEach(() => {
      jest.useFakeTimers();
    });
    afterEach(() => {
      jest.useRealTimers();
    });

    it.each([
      ['an hour ahead', 3_600_000],
      ['right', 0],
      ['an hour behind', -3_600_000],
    ])('if the clock of the writer is %s', async (_what, aheadMs) => {
      const orders = new InMemoryOrdersRepository();
      const feed = new InMemoryChangeFeed();
      await orders.insert(placed('left', new Date(Date.now() + aheadMs).toISOString()));
      const sweeper = new PublicationSweeper(
        orders,
        new Publisher(orders, feed, new InMemoryFeedWitness()),
        configOf(2_000),
      );
      expect(await sweeper.sweep()).toBe(0);
      jest.setSystemTime(Date.now() + 10 * 3_600_000); // a step of the own clock is no time that passes
      jest.advanceTimersByTime(1_000);
      expect(await sweeper.sweep()).toBe(0);
      jest.advanceTimersByTime(1_000);
      expect(await sweeper.sweep()).toBe(1);
    });

    it('and begins again with each new backlog of an order', async () => {
      const orders = new InMemoryOrdersRepository();
      const { order } = placed('a');
      await orders.insert(placed('a'));
      const sweeper = new PublicationSweeper(
        orders,
        new Publisher(orders, new SilentFeed(), new InMemoryFeedWitness()),
        configOf(2_000),
      );
      await sweeper.sweep();
      await orders.markPublished([{ orderId: 'a', revision: 1, timestamp: new Date(0).toISOString() }]);
      await orders.update(change(order, { quantity: 2 }, '2026-11-23T10:00:01.000Z'));
      jest.advanceTimersByTime(1_500);
      await sweeper.sweep();
      jest.advanceTimersByTime(1_500);
      expect(await sweeper.sweep()).toBe(0);
      jest.advanceTimersByTime(500);
      expect(await sweeper.sweep()).toBe(1);
    });
  });

  it('reaches every order although more are unpublished than one sweep looks at', async () => {
    const orders = new InMemoryOrdersRepository();
    for (let i = 0; i < 2_500; i++) await orders.insert(placed(`o${i}`));
    await orders.insert(placed('ahead', '2099-01-01T00:00:00.000Z'));
    const published = new Set<string>();
    const publisher = new Publisher(orders, new SilentFeed(), new InMemoryFeedWitness());
    publisher.publish = (orderId) => void published.add(orderId);
    const sweeper = new PublicationSweeper(orders, publisher, config);
    for (let i = 0; i < 3; i++) await sweeper.sweep();
    expect(published.size).toBe(2_501);
  });
});
