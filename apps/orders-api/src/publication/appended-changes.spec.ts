import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { InMemoryChangeFeed } from '@galley/change-feed';
import { type PlaceOrder, type Position } from '@galley/contracts';
import { InMemoryFeedWitness } from '../store/in-memory-feed-witness.js';
import { InMemoryOrdersRepository } from '../store/in-memory-orders.repository.js';
import { place } from '../store/order-commit.js';
import { type PublishedMark } from '../store/orders.repository.js';
import { AppendedChanges } from './appended-changes.js';
import { toChange } from './order-change.js';

const request: PlaceOrder = { customerId: 'ana', title: 'Annual report', quantity: 500, status: 'In Production' };
const NOW = '2026-11-23T10:00:00.000Z';

/** Says what was written, in its order. */
class ObservedStore extends InMemoryOrdersRepository {
  constructor(private readonly writes: string[]) {
    super();
  }

  /** Called during each mark. */
  meanwhile: () => Promise<void> = () => Promise.resolve();

  override async markPublished(marks: readonly PublishedMark[]): Promise<void> {
    await this.meanwhile();
    this.writes.push(`mark ${marks.map(({ orderId }) => orderId).join(' ')}`);
    await super.markPublished(marks);
  }
}

class ObservedWitness extends InMemoryFeedWitness {
  constructor(private readonly writes: string[]) {
    super();
  }

  override record(position: Position, known: Position | undefined): Promise<boolean> {
    this.writes.push(`record ${position.seq}`);
    return super.record(position, known);
  }
}

describe('AppendedChanges', () => {
  let writes: string[];
  let failed: string[][];
  let orders: ObservedStore;
  let feed: InMemoryChangeFeed;
  let witness: ObservedWitness;
  let appended: AppendedChanges;

  beforeEach(() => {
    jest.useFakeTimers();
    writes = [];
    failed = [];
    orders = new ObservedStore(writes);
    feed = new InMemoryChangeFeed();
    witness = new ObservedWitness(writes);
    appended = open();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  const open = () => new AppendedChanges(orders, feed, witness, (orderIds) => failed.push([...orderIds]));

  /** Commits a new order and appends it. */
  const append = async (orderId: string, to = appended) => {
    const { order, entry } = place(request, orderId, NOW);
    await orders.insert({ order, entry });
    const witnessed = await to.witnessed();
    const changes = [toChange(order, entry)];
    const { head } = await feed.append(changes, witnessed);
    to.add(changes, head, witnessed);
  };

  it('marks changes that follow each other together, a tenth of a second after the first', async () => {
    await append('a');
    await jest.advanceTimersByTimeAsync(99);
    await append('b');
    expect(writes).toEqual([]);
    await jest.advanceTimersByTimeAsync(1);
    expect(writes).toEqual(['record 2', 'mark a b']);
    expect(appended.isEmpty).toBe(true);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('marks what was appended during a mark with the next one', async () => {
    await append('a');
    orders.meanwhile = () => append('b');
    await appended.mark();
    orders.meanwhile = () => Promise.resolve();
    expect([appended.revisionOf('a'), appended.revisionOf('b')]).toEqual([0, 1]);
    await jest.advanceTimersByTimeAsync(100);
    expect(writes).toEqual(['record 1', 'mark a', 'record 2', 'mark b']);
  });

  it('records nothing again that another replica has recorded', async () => {
    const other = open();
    await append('a');
    await append('b', other);
    await other.mark();
    await appended.mark();
    expect(writes).toEqual(['record 2', 'mark b', 'record 1', 'mark a']);
    expect((await witness.newest())?.seq).toBe(2);
    await append('c');
    await appended.mark();
    expect(writes.slice(4)).toEqual(['record 3', 'mark c']);
  });

  it('marks nothing if another replica has recorded a position that this log does not contain', async () => {
    await append('a');
    await appended.mark();
    const lost = { epoch: (await feed.head())?.epoch ?? '', seq: 7, digest: '0123456789abcdef' };
    await witness.record(lost, await witness.newest());
    await append('b');
    expect(await appended.mark()).toBe(false);
    expect(failed).toEqual([['b']]);
    expect(writes).not.toContain('mark b');
    expect(await witness.newest()).toEqual(lost);
    expect((await feed.head())?.epoch).not.toBe(lost.epoch);
    expect(appended.isEmpty).toBe(true);
  });

  it('hands all back that it cannot mark, also what was appended meanwhile', async () => {
    await append('a');
    orders.meanwhile = () => append('b').then(() => Promise.reject(new Error('away')));
    expect(await appended.mark()).toBe(false);
    expect(failed).toEqual([['a', 'b']]);
    expect(appended.revisionOf('a')).toBe(0);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('marks 500 orders at once at most', async () => {
    for (let i = 0; i < 501; i++) await append(`o${i}`);
    expect(appended.isFull).toBe(true);
    await appended.mark();
    expect(appended.revisionOf('o500')).toBe(1);
    await jest.advanceTimersByTimeAsync(100);
    expect(appended.isEmpty).toBe(true);
  });
});
