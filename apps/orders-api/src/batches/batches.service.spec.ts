import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type Principal } from '@galley/access';
import { InMemoryChangeFeed } from '@galley/change-feed';
import { GalleyError, type BatchOperationInput } from '@galley/contracts';
import { AuditLog } from '@galley/runtime';
import { OrderQueues } from '../orders/order-queues.js';
import { OrdersService } from '../orders/orders.service.js';
import { Publisher } from '../publication/publisher.js';
import { InMemoryFeedWitness } from '../store/in-memory-feed-witness.js';
import { InMemoryOrdersRepository } from '../store/in-memory-orders.repository.js';
import { type OrderCommit } from '../store/order-commit.js';
import { type Idempotency } from '../store/orders.repository.js';
import { BatchesService } from './batches.service.js';

const sam: Principal = { role: 'staff', sub: 'sam' };
const aPlacing = (i: number): BatchOperationInput => ({
  type: 'place',
  idempotencyKey: `import-${i}`,
  order: { orderId: `job-${i}`, customerId: 'ana', title: 'Flyers', quantity: 1 + i },
});
const placings = (count: number) => Array.from({ length: count }, (_, i) => aPlacing(i));

/** A store whose placings take as long as the test wants. */
class SlowRepository extends InMemoryOrdersRepository {
  underWay = 0;
  mostUnderWay = 0;
  /** Called before each placing. */
  before: () => Promise<void> = () => Promise.resolve();

  override async insert(commit: OrderCommit, idempotency?: Idempotency): Promise<boolean> {
    this.mostUnderWay = Math.max(this.mostUnderWay, ++this.underWay);
    try {
      await this.before();
      return await super.insert(commit, idempotency);
    } finally {
      this.underWay--;
    }
  }
}

describe('BatchesService', () => {
  let store: SlowRepository;
  let publisher: Publisher;
  let batches: BatchesService;
  let turns: number;

  beforeEach(() => {
    turns = 0;
    store = new SlowRepository();
    publisher = new Publisher(store, new InMemoryChangeFeed(), new InMemoryFeedWitness());
    const audit = new AuditLog({ level: 'fatal', format: 'text', name: 'test' });
    const orders = new OrdersService(store, publisher, audit, { timeZone: 'UTC' }, new OrderQueues());
    batches = new BatchesService(orders, publisher);
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await publisher.settled();
  });

  const carryOut = (operations: readonly unknown[], principal = sam) =>
    batches.carryOut(operations, { principal, requestId: 'r' }, () => {
      turns++;
      return Promise.resolve();
    });
  const statuses = async (operations: readonly unknown[], principal?: Principal) =>
    (await carryOut(operations, principal)).map(({ status }) => status);

  it('appends all changes at once, with few operations under way, each in a turn of its own', async () => {
    expect(new Set(await statuses(placings(500)))).toEqual(new Set([201]));
    await publisher.settled();
    expect(publisher.counts).toMatchObject({ appended: 500, batches: 1 });
    expect([turns, store.mostUnderWay <= 16]).toEqual([500, true]);
  });

  it('appends what was committed, if the store goes away half-way; a repetition does the rest', async () => {
    let left = 40;
    store.before = async () => {
      await Promise.resolve();
      if (left-- <= 0) throw new GalleyError('unavailable', 'The store is away', { retryAfterSeconds: 1 });
    };
    const outcomes = await carryOut(placings(100));
    const stored = outcomes.filter(({ status }) => status === 201);
    expect([stored.length, publisher.counts.batches]).toEqual([40, 0]);
    expect(outcomes.at(-1)).toMatchObject({ status: 503, problem: { retryable: true }, retryAfter: 1 });
    await publisher.settled();
    expect(publisher.counts).toMatchObject({ appended: 40, batches: 1 });

    store.before = () => Promise.resolve();
    const repeated = await carryOut(placings(100));
    expect(repeated.filter((_, i) => outcomes[i]?.status === 201)).toEqual(stored);
    expect(new Set(repeated.map(({ status }) => status))).toEqual(new Set([201]));
    await publisher.settled();
    expect(publisher.counts).toMatchObject({ appended: 100, batches: 2 });
  });

  it('begins nothing any more after 8 s, and says that a later attempt may succeed', async () => {
    const start = performance.now();
    const clock = jest.spyOn(performance, 'now').mockReturnValue(start);
    store.before = () => {
      clock.mockReturnValue(start + 8_000);
      return Promise.resolve();
    };
    const outcomes = await carryOut(placings(20));
    expect(outcomes.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(outcomes.at(-1)).toMatchObject({ status: 503, problem: { code: 'unavailable', retryable: true } });
  });

  it('goes on after an operation that ends in a fault of ours', async () => {
    jest.spyOn(store, 'find').mockRejectedValue(new TypeError('a bug'));
    const outcomes = await carryOut([{ type: 'remove', orderId: 'job-1' }, aPlacing(1)]);
    expect(outcomes).toMatchObject([{ status: 500, problem: { code: 'internal_error' } }, { status: 201 }]);
    expect(JSON.stringify(outcomes)).not.toContain('a bug');
  });

  it('asks for the permission of each operation', async () => {
    const operations = [aPlacing(1), { type: 'change', orderId: 'job-1', changes: { rush: true } }];
    const ana: Principal = { role: 'customer', sub: 'ana' };
    expect(await statuses([...operations, { type: 'remove', orderId: 'job-1' }], ana)).toEqual([403, 403, 403]);
  });

  it.each([null, 7, 'x', [], {}, { type: 'close', orderId: 'job-1' }, { type: 'place', order: null }])(
    'refuses %j alone',
    async (wrong) => {
      expect(await statuses([wrong, aPlacing(1), wrong])).toEqual([400, 201, 400]);
    },
  );

  it('says what is wrong with an operation', async () => {
    const wrong = [{ type: 'close' }, { ...aPlacing(1), order: { quantity: 0 } }, 7];
    const errors = (await carryOut(wrong)).map((outcome) => 'problem' in outcome && outcome.problem.detail);
    expect(errors).toEqual([
      'type must be "place", "change" or "remove"',
      'order.customerId is required; order.title is required; order.quantity must be at least 1',
      'operation must be an object',
    ]);
  });
});
