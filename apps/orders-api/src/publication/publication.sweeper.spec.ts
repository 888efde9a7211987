import { describe, it } from '@jest/globals';
import { InMemoryChangeFeed } from '@galley/change-feed';
import { waitFor } from '@galley/testing';
import { InMemoryOrdersRepository } from '../store/in-memory-orders.repository.js';
import { InMemoryFeedWitness } from '../store/in-memory-feed-witness.js';
import { place } from '../store/order-commit.js';
import { readOrdersApiConfig } from '../orders-api.config.js';
import { PublicationSweeper } from './publication.sweeper.js';
import { Publisher } from './publisher.js';

/** A broker that never answers. */
class SilentFeed extends InMemoryChangeFeed {
  override append(): Promise<never> {
    return new Promise(() => undefined);
  }
}

const config = readOrdersApiConfig({ AUTH: 'open', REDIS_URL: 'redis://localhost', SWEEP_AFTER_MS: '0' });
const placed = (orderId: string) =>
  place({ customerId: 'ana', title: 'T', quantity: 1, status: 'Delivery' }, orderId, new Date().toISOString());

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
});
