import { z } from 'zod';
import { MAX_OPERATIONS } from './batch-limits.js';
import { problem } from './errors.js';
import { order, orderId, revision } from './order.js';
import { changeOrder, idempotencyKey, placeOrder } from './requests.js';

/** The largest body of a batch, in bytes: about 1 kB an operation. Real ones take a third of it. */
export const MAX_BATCH_BYTES = 512 * 1_024;

/** Places an order, as `POST /orders` does. */
export const placeOperation = z.strictObject({
  /** The kind of operation. */
  type: z.literal('place'),
  /** A text that you choose, another one for each operation, as the header `Idempotency-Key`. */
  idempotencyKey,
  /** The new order. */
  order: placeOrder,
});
export type PlaceOperation = z.infer<typeof placeOperation>;

/** Changes an order, closes it, or opens it again, as `PATCH /orders/{orderId}` does. */
export const changeOperation = z.strictObject({
  /** The kind of operation. */
  type: z.literal('change'),
  /** The order to change. */
  orderId,
  /** The operation succeeds only if the order is at this revision, as with the header `If-Match`. */
  ifMatch: revision.optional(),
  /** A text that you choose, another one for each operation, as the header `Idempotency-Key`. */
  idempotencyKey,
  /** The fields to change. */
  changes: changeOrder,
});
export type ChangeOperation = z.infer<typeof changeOperation>;

/** Deletes an order, as `DELETE /orders/{orderId}` does. */
export const removeOperation = z.strictObject({
  /** The kind of operation. */
  type: z.literal('remove'),
  /** The order to delete. */
  orderId,
  /** The operation succeeds only if the order is at this revision, as with the header `If-Match`. */
  ifMatch: revision.optional(),
  /** A text that you choose, another one for each operation, as the header `Idempotency-Key`. */
  idempotencyKey,
});
export type RemoveOperation = z.infer<typeof removeOperation>;

/** One placing, change or deletion of a batch. */
export const batchOperation = z.discriminatedUnion('type', [placeOperation, changeOperation, removeOperation], {
  error: ({ code }: { code: string }) =>
    code === 'invalid_union' ? 'must be "place", "change" or "remove"' : undefined,
});
export type BatchOperation = z.infer<typeof batchOperation>;
export type BatchOperationInput = z.input<typeof batchOperation>;

const batchOf = <Operation extends z.ZodType>(operation: Operation) =>
  z.strictObject({
    /** What to do, 1 to 500 operations. Those of one order are carried out in this order. */
    operations: z.array(operation).min(1).max(MAX_OPERATIONS),
  });

/** `POST /batches`: operations that are carried out as if each was a request of its own. */
export const sendBatch = batchOf(batchOperation);

/** What makes a request a batch. Each operation is checked by itself, so that a wrong one is refused alone. */
export const uncheckedBatch = batchOf(z.unknown());
export type UncheckedBatch = z.infer<typeof uncheckedBatch>;

/** What became of an operation that placed or changed an order. */
export const storedOutcome = z.strictObject({
  /** The status of the answer to the single request: 201 for a placing, 200 for a change. */
  status: z.literal([200, 201]),
  /** The order, as it is stored. Its `ETag` is its revision in quotes. */
  order,
});

/** What became of an operation that deleted an order. */
export const removedOutcome = z.strictObject({
  /** The status of the answer to the single request. */
  status: z.literal(204),
});

/** What became of an operation that was refused. It has stored nothing, unless its status is 500 or more. */
export const refusedOutcome = z.strictObject({
  /** The status of the answer to the single request. */
  status: z.int().min(400).max(599),
  /** The answer to the single request. A field that is wrong is named as in the operation, such as `order.quantity`. */
  problem,
  /** How many seconds to wait before the next attempt, as the header `Retry-After`. */
  retryAfter: z.int().min(0).optional(),
});

/** What became of one operation. */
export const batchOutcome = z.union([storedOutcome, removedOutcome, refusedOutcome]);
export type BatchOutcome = z.infer<typeof batchOutcome>;

/** The answer to `POST /batches`. */
export const batchOutcomes = z.strictObject({
  /** What became of each operation, in the order of the operations. */
  outcomes: z.array(batchOutcome),
});
export type BatchOutcomes = z.infer<typeof batchOutcomes>;
