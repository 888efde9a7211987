import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import mongoose from 'mongoose';
import { place, remove } from '../../src/store/order-commit.js';
import { newFieldsContract } from '../../src/store/new-fields.contract.js';
import { ordersRepositoryContract } from '../../src/store/orders.repository.contract.js';
import { mongoOfFile } from './mongo-of-file.js';
import { openRepository } from './open-repository.js';
import { ORDER_MODEL, orderSchema, type OrderDocument } from '../../src/store/mongo/order.document.js';

const mongo = mongoOfFile();
const open = () => openRepository(mongo);

ordersRepositoryContract(open);
newFieldsContract(open);

describe('MongoOrdersRepository', () => {
  it('keeps nothing of an order that was deleted long ago but its id, in 61 bytes', async () => {
    const { orders, documents, close } = await open();
    const now = new Date().toISOString();
    const orderId = randomUUID();
    const { order } = place({ customerId: 'ana', title: 'T', quantity: 1, status: 'Delivery' }, orderId, now);
    await orders.insert(place(order, orderId, now), { key: 'k', fingerprint: 'f' });
    await orders.update(remove(order, now));
    await orders.markPublished([{ orderId, revision: 2, timestamp: now }]);
    await orders.purgeTombstones(new Date(Date.now() + 1_000));
    const kept = await documents.collection.findOne();
    expect(kept).toEqual({ _id: orderId, deleted: true });
    expect(mongoose.mongo.BSON.calculateObjectSize(kept ?? {})).toBe(61);
    await close();
  });

  it('marks the same orders for two replicas at once, however each of them has published them', async () => {
    const { orders, documents, close } = await open();
    const timestamp = new Date().toISOString();
    const { order } = place({ customerId: 'ana', title: 'T', quantity: 1, status: 'Delivery' }, 'o', timestamp);
    const marks = Array.from({ length: 100 }, (_, i) => ({ orderId: `o${i}`, revision: 1, timestamp }));
    for (const { orderId } of marks) await orders.insert(place(order, orderId, timestamp));
    for (let round = 0; round < 10; round++) {
      await documents.updateMany({}, { publishedRevision: 0, unpublishedSince: new Date(timestamp) });
      // A bulk that waits for another one's order, as the other one does for its own, fails on DocumentDB.
      await Promise.all([marks, marks.toReversed()].map((some) => orders.markPublished(some)));
      expect(await orders.countUnpublished(100)).toBe(0);
    }
    await close();
  });

  it('finds the first answer to a key that an earlier version has stored, as long as the history has it', async () => {
    const { orders, documents, close } = await open();
    const { order, entry } = place(
      { customerId: 'ana', title: 'T', quantity: 1, status: 'Delivery' },
      'a',
      '2026-12-24T12:00:00.000Z',
    );
    const idempotency = { key: 'k', fingerprint: 'f' };
    await orders.insert({ order, entry }, idempotency);
    await documents.collection.updateOne({}, { $set: { idempotency } });
    expect(await orders.findPlaced('a')).toEqual({ order, idempotency });
    await documents.collection.updateOne({}, { $set: { history: [{ ...entry, revision: 5 }] } });
    expect(await orders.findPlaced('a')).toBeUndefined();
    await close();
  });

  it('refuses a filter that names no field of an order, instead of matching all', () => {
    const documents = mongo.connection.model<OrderDocument>(ORDER_MODEL, orderSchema);
    const mistyped = { ordrId: 'a' } as object;
    return expect(documents.find(mistyped).exec()).rejects.toThrow(/strictQuery/);
  });
});
