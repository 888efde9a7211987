import { expect, it } from '@jest/globals';
import { inIndex, stagesOf } from '../../src/store/mongo/list-query.js';
import { planOf } from '../../src/store/lists/list-index.js';
import { type OrderFilter } from '../../src/store/lists/order-filter.js';
import { placed } from '../../src/store/repository-of-each-test.contract.js';
import { mongoOfFile } from './mongo-of-file.js';
import { openRepository } from './open-repository.js';

const mongo = mongoOfFile();

const place = { dateIssued: '2026-01-01T00:00:00.000Z', orderId: 'x' };

it.each<[string, OrderFilter, string]>([
  ['no filter', {}, 'deleted_1'],
  ['a status', { statuses: ['Delivery'] }, 'deleted_1_status_1'],
  ['a customer', { customerId: 'c7' }, 'deleted_1_customerId_1'],
  ['open orders', { open: true }, 'deleted_1_closedAt_1'],
  ['rush orders', { rush: true }, 'deleted_1_rush_1'],
  ['a word', { words: ['report7'] }, 'deleted_1_derived.words_1'],
  ['a rest', { open: true, dueBefore: new Date(), words: ['an'] }, 'deleted_1_closedAt_1'],
])('lists with %s are read from their index, also on deep pages', async (_what, filter, index) => {
  const { documents, orders, close } = await openRepository(mongo);
  for (let i = 0; i < 300; i++) {
    const status = i % 100 === 0 ? 'Delivery' : 'Packaging';
    const title = `Annual report${i % 50}`;
    const { order, entry } = placed(`o${i}`, i % 60, { customerId: `c${i % 50}`, status, title, rush: i % 50 === 0 });
    const closed = i % 10 === 0 ? {} : { closedAt: entry.timestamp };
    await orders.insert({ order: { ...order, ...closed }, entry: { ...entry, ...closed } });
  }
  const plan = planOf(filter);
  for (const after of [undefined, place]) {
    const listed = documents.aggregate([...stagesOf(plan, { after }, 'UTC'), { $limit: 10 }]);
    const places = documents.find(inIndex(plan.index, { after })).sort({ dateIssued: -1, _id: -1 }).skip(9).limit(1);
    for (const query of [listed, places]) {
      const text = JSON.stringify(await query.explain('queryPlanner'));
      // MongoDB says IXSCAN. The substitute on PostgreSQL describes the index in its own words.
      expect(text).toMatch(/IXSCAN|Index (Only )?Scan|Bitmap Index Scan/);
      expect(text).toContain(`${index}_dateIssued_-1__id_-1`);
      expect(text).not.toMatch(/COLLSCAN|Seq Scan/);
    }
  }
  await close();
});
