import { describe, expect, it } from '@jest/globals';
import mongoose from 'mongoose';
import { planOf } from '../lists/list-index.js';
import { type OrderFilter } from '../lists/order-filter.js';
import { LIST_INDEXES } from './list-indexes.js';
import { inIndex, stagesOf } from './list-query.js';
import { ORDER_MODEL, orderSchema, type OrderDocument } from './order.document.js';

const after = { dateIssued: '2026-11-23T10:00:00.000Z', orderId: 'job-1' };

describe('the indexes of lists in MongoDB', () => {
  it('are six', () => {
    expect(LIST_INDEXES.map((index) => Object.keys(index).join())).toEqual([
      'deleted,dateIssued,_id',
      'deleted,customerId,dateIssued,_id',
      'deleted,derived.words,dateIssued,_id',
      'deleted,rush,dateIssued,_id',
      'deleted,closedAt,dateIssued,_id',
      'deleted,status,dateIssued,_id',
    ]);
  });

  it.each<[OrderFilter, string]>([
    [{}, 'deleted,dateIssued,_id'],
    [{ customerId: 'ana' }, 'deleted,customerId,dateIssued,_id'],
    [{ words: ['report'] }, 'deleted,derived.words,dateIssued,_id'],
    [{ rush: true }, 'deleted,rush,dateIssued,_id'],
    [{ open: true }, 'deleted,closedAt,dateIssued,_id'],
    [{ open: false }, 'deleted,dateIssued,_id'],
    [{ statuses: ['Delivery'] }, 'deleted,status,dateIssued,_id'],
    [{ dueBefore: new Date() }, 'deleted,dateIssued,_id'],
    [{ dueAfter: new Date() }, 'deleted,dateIssued,_id'],
    [{ updatedSince: after.dateIssued }, 'deleted,dateIssued,_id'],
  ])('with %j are read by %s: a value for each field before those that sort', (filter, index) => {
    const { index: chosen } = planOf(filter);
    const first = Object.keys(inIndex(chosen, {}));
    expect([...first, 'dateIssued', '_id'].join()).toBe(index);
  });

  it('are asked for with filters that Mongoose takes as they are', () => {
    const documents = mongoose.createConnection().model<OrderDocument>(ORDER_MODEL, orderSchema);
    for (const filter of [{ open: true }, { words: ['a'] }, { words: ['lithographs'] }, { rush: true }]) {
      const query = inIndex(planOf(filter).index, { after, upTo: after });
      expect(documents.find(query).cast(documents)).toEqual(query);
    }
  });
});

it('checks the rest of a filter behind a limit, so that no other index is read, and rules out nothing by stale fields', () => {
  const due = new Date();
  const filter: OrderFilter = { open: true, dueBefore: due, words: ['a', 'lithographs'], statuses: ['Delivery'] };
  const stale = { $or: [{ $ne: ['$derived.revision', '$revision'] }, { $ne: ['$derived.timeZone', 'Asia/Tokyo'] }] };
  expect(stagesOf(planOf(filter), {}, 'Asia/Tokyo')).toEqual([
    { $match: { deleted: false, 'derived.words': 'lithogra' } },
    { $sort: { dateIssued: -1, _id: -1 } },
    { $limit: expect.any(Number) },
    {
      $match: {
        ...{ closedAt: null, status: { $in: ['Delivery'] }, history: { $type: 'array' } },
        $or: [
          {
            $and: [
              { 'derived.dueAt': { $lt: due } },
              { 'derived.words': 'a' },
              { 'derived.words': { $regex: '^lithographs' } },
            ],
          },
          { $expr: stale },
        ],
      },
    },
  ]);
});
