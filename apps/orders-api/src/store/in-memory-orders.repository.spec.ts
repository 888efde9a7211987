import { expect, it } from '@jest/globals';
import { InMemoryOrdersRepository } from './in-memory-orders.repository.js';
import { largeListsContract } from './large-lists.contract.js';
import { newFieldsContract } from './new-fields.contract.js';
import { remove } from './order-commit.js';
import { ordersRepositoryContract } from './orders.repository.contract.js';
import { at, placed } from './repository-of-each-test.contract.js';

const open = () => Promise.resolve({ orders: new InMemoryOrdersRepository(), close: () => Promise.resolve() });

ordersRepositoryContract(open);
newFieldsContract(open);

largeListsContract(open, 12_000, async (orders, commits) => {
  for (const commit of commits) await orders.insert(commit);
});

it('sweeps and purges look at the orders that they find, and at no other', async () => {
  const orders = new InMemoryOrdersRepository();
  let reads = 0;
  for (let i = 0; i < 1_000; i++) {
    const { order, entry } = placed(`o${i}`, 1);
    const counted = new Proxy(order, {
      get: (target, field) => {
        reads++;
        return Reflect.get(target, field) as unknown;
      },
    });
    await orders.insert({ order: counted, entry });
  }
  await orders.update(remove(placed('o7', 1).order, at(2)));
  const publish = (orderId: string, revision: number) =>
    orders.markPublished([{ orderId, revision, timestamp: at(revision) }]);
  for (let i = 0; i < 1_000; i++) if (i !== 8) await publish(`o${i}`, i === 7 ? 2 : 1);
  reads = 0;
  expect(await orders.findUnpublished(10)).toEqual([{ orderId: 'o8', since: new Date(at(1)) }]);
  expect(await orders.countUnpublished(10)).toBe(1);
  expect(await orders.findInDelivery(new Date(at(59)), 10)).toEqual([]);
  expect(await orders.purgeTombstones(new Date(at(59)))).toBe(1);
  expect(await orders.purgeTombstones(new Date(at(59)))).toBe(0);
  expect(reads).toBeLessThan(10);
});
