import { type BatchOperationInput } from '@galley/contracts';
import { type Edit } from './edit.js';
import { fieldsOf } from './undo.js';

/** A request that stores an edit, however often it is sent. */
export interface WriteRequest {
  method: 'POST' | 'PATCH' | 'DELETE';
  path: string;
  /** `Idempotency-Key`: a repetition with the same key changes nothing, and is answered as the first one. */
  key: string;
  /** `If-Match`: the revision that the order must have. */
  revision?: number;
  body?: object;
}

export function toRequest(edit: Edit): WriteRequest {
  const { intent, texts, write, base: revision } = edit;
  const key = write.id;
  if (intent.type === 'place') return { method: 'POST', path: '/orders', key, body: { ...intent.order, ...texts } };
  const path = `/orders/${encodeURIComponent(write.orderId)}`;
  if (intent.type === 'remove') return { method: 'DELETE', path, key, ...(revision !== undefined && { revision }) };
  const body = { ...fieldsOf(edit), ...texts };
  return { method: 'PATCH', path, key, ...(revision !== undefined && { revision }), body };
}

/** The same as an operation of a batch. */
export function toOperation(edit: Edit): BatchOperationInput {
  const { intent, texts, write, base } = edit;
  const { id: idempotencyKey, orderId } = write;
  if (intent.type === 'place') return { type: 'place', idempotencyKey, order: { ...intent.order, ...texts } };
  const common = { orderId, idempotencyKey, ...(base !== undefined && { ifMatch: base }) };
  if (intent.type === 'remove') return { type: 'remove', ...common };
  return { type: 'change', ...common, changes: { ...fieldsOf(edit), ...texts } };
}
