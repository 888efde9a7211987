import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Principal } from '@galley/access';
import { InMemoryChangeFeed } from '@galley/change-feed';
import { type PlaceOrder } from '@galley/contracts';
import { AuditLog } from '@galley/runtime';
import { OrderQueues } from '../../src/orders/order-queues.js';
import { OrdersService } from '../../src/orders/orders.service.js';
import { Publisher } from '../../src/publication/publisher.js';
import { Database } from '../../src/store/mongo/database.js';
import {
  FEED_MODEL,
  feedSchema,
  MongoFeedWitness,
  type FeedDocument,
} from '../../src/store/mongo/mongo-feed-witness.js';
import { mongoOfFile } from './mongo-of-file.js';
import { openRepository } from './open-repository.js';

const sam: Principal = { role: 'staff', sub: 'sam' };
const caller = { principal: sam, requestId: 'r' };
const request: PlaceOrder = { customerId: 'ana', title: 'Flyers', quantity: 1, status: 'In Production' };

/** The witness records how far the log reaches, then changes are marked. All changes of a tenth of a second share these two. */
const PUBLISHED = ['update feeds', 'update orders'];

const mongo = mongoOfFile();
describe('what MongoDB is sent', () => {
  let commands: string[];
  let publisher: Publisher;
  let orders: OrdersService;
  let close: () => Promise<unknown>;

  beforeAll(async () => {
    const repository = await openRepository(mongo);
    ({ close } = repository);
    const feeds = repository.documents.db.model<FeedDocument>(FEED_MODEL, feedSchema);
    const witness = new MongoFeedWitness(feeds, new Database(mongo.connection, mongo.service.url), 'round-trips');
    publisher = new Publisher(repository.orders, new InMemoryChangeFeed(), witness);
    const audit = new AuditLog({ level: 'fatal', format: 'text', name: 'test' });
    orders = new OrdersService(repository.orders, publisher, audit, { timeZone: 'UTC' }, new OrderQueues());
    mongo.connection.getClient().on('commandStarted', ({ commandName, command }) => {
      const { [commandName]: collection } = command as Record<string, string>;
      commands.push(`${commandName} ${collection}`);
    });
    commands = [];
    // The first append of a process reads what was witnessed before.
    await orders.place({ ...request, orderId: 'first' }, caller);
    await publisher.settled();
  });
  afterAll(() => close());

  beforeEach(() => {
    commands = [];
  });

  /** The commands that MongoDB was sent for a request and for the publication of what it has changed. */
  async function commandsOf(work: () => Promise<unknown>): Promise<string[]> {
    await publisher.settled();
    commands = [];
    await work();
    await publisher.settled();
    return commands;
  }

  it('sends one command for a new order before the answer, with and without a key', async () => {
    expect(await commandsOf(() => orders.place({ ...request, orderId: 'a' }, caller))).toEqual([
      'insert orders',
      ...PUBLISHED,
    ]);
    expect(await commandsOf(() => orders.place(request, caller, 'key'))).toEqual(['insert orders', ...PUBLISHED]);
  });

  it('sends two commands for a change before the answer, with and without a key or a precondition', async () => {
    await orders.place({ ...request, orderId: 'b' }, caller);
    for (const [i, conditions] of [
      {},
      { key: 'k' },
      { precondition: (revision: number) => revision === 3 },
    ].entries()) {
      const change = () => orders.change('b', { quantity: 2 + i }, caller, conditions);
      expect(await commandsOf(change)).toEqual(['find orders', 'update orders', ...PUBLISHED]);
    }
  });

  it('looks for the first answer to a key only if nothing is committed', async () => {
    await orders.place({ ...request, orderId: 'c' }, caller);
    const change = () => orders.change('c', { message: 'Hurry' }, caller, { key: 'k' });
    expect((await change()).revision).toBe(2);
    expect(await commandsOf(change)).toEqual(['find orders', 'update orders', 'find orders']);
    expect((await change()).revision).toBe(2);
  });

  it('sends two commands for a deletion', async () => {
    await orders.place({ ...request, orderId: 'd' }, caller);
    expect(await commandsOf(() => orders.remove('d', caller))).toEqual(['find orders', 'update orders', ...PUBLISHED]);
  });

  it('sends two commands for each of 50 changes of one order that come at once', async () => {
    await orders.place({ ...request, orderId: 'e' }, caller);
    const sent = await commandsOf(() =>
      Promise.all(Array.from({ length: 50 }, (_, i) => orders.change('e', { quantity: 2 + i }, caller))),
    );
    const count = (command: string) => sent.filter((other) => other === command).length;
    expect(count('find orders')).toBe(50);
    // Some of them mark the changes that were published meanwhile.
    expect(count('update orders')).toBe(50 + count('update feeds'));
  });

  it('sends one command for an order that is read, and for a list', async () => {
    expect(await commandsOf(() => orders.get('a', sam))).toEqual(['find orders']);
    expect(await commandsOf(() => orders.list({ limit: 50 }, sam))).toEqual(['aggregate orders']);
  });

  it('records and marks changes together that are made within a tenth of a second', async () => {
    const sent = await commandsOf(() =>
      Promise.all(Array.from({ length: 20 }, (_, i) => orders.place({ ...request, orderId: `many-${i}` }, caller))),
    );
    expect(sent.filter((command) => command === 'insert orders')).toHaveLength(20);
    expect(sent.filter((command) => command.startsWith('aggregate'))).toEqual([]);
    // One batch, or some more if the inserts take that long.
    expect(sent.filter((command) => command === 'update feeds').length).toBeLessThan(10);
  });
});
