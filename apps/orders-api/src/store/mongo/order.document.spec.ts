import { expect, it } from '@jest/globals';
import { mongo } from 'mongoose';
import { placeOrder } from '@galley/contracts';
import { change, place } from '../order-commit.js';
import { HISTORY_LIMIT } from '../orders.repository.js';
import { toDocument } from './order.document.js';

/** The largest document that MongoDB stores. */
const MAX_DOCUMENT_BYTES = 16 * 1_048_576;

it('fits into MongoDB several times, however long the texts of all of its history are', () => {
  const now = '2026-12-24T12:00:00.000Z';
  const longest = {
    title: '😀'.repeat(200),
    message: '😀'.repeat(500),
    estimatedDate: '2026-12-24T12:00:00.123456789123+01:00',
    status: 'In Production',
    quantity: 1_000_000,
  } as const;
  const request = placeOrder.parse({ ...longest, customerId: 'c'.repeat(128), orderId: 'o'.repeat(64) });
  const placed = place(request, 'o'.repeat(64), now);
  const document = toDocument(placed, 'UTC', { key: 'k'.repeat(255), fingerprint: 'f'.repeat(43) });
  const { entry } = change(placed.order, { message: longest.message }, now);
  document.history = Array.from({ length: HISTORY_LIMIT }, () => entry);
  expect(mongo.BSON.calculateObjectSize(document)).toBeLessThan(MAX_DOCUMENT_BYTES / 4);
});
