import { z } from 'zod';
import { historyEntry, invalidRequest, order, type HistoryEntry } from '@galley/contracts';
import { orderAt, withState } from '../order-commit.js';
import { type KeyedChange, type PlacedOrder, type StoredOrder, type UnpublishedOrder } from '../orders.repository.js';
import { type OrderDocument } from './order.document.js';

export type WithoutHistory = Omit<OrderDocument, 'history' | 'idempotency'>;

const identity = order.pick({ orderId: true, customerId: true, dateIssued: true });
const count = z.int().min(0);
const idempotencyOf = z.strictObject({ key: z.string(), fingerprint: z.string() });

/** @throws if the document is damaged: if it does not have what every order has */
export function toStoredOrder(document: WithoutHistory): StoredOrder {
  const { _id, customerId, dateIssued, revision, updatedAt, publishedRevision } = document;
  const stored = withState({ orderId: _id, customerId, dateIssued, revision, updatedAt }, document);
  return { order: intact(order, stored), publishedRevision: intact(count, publishedRevision) };
}

/** @throws if the document is damaged, or has no history that a change could be added to */
export function toChangeableOrder(document: OrderDocument): StoredOrder {
  if (!Array.isArray(document.history)) throw new Error('history is no list');
  return toStoredOrder(document);
}

/** @throws if the entry is damaged */
export function toEntry(stored: HistoryEntry): HistoryEntry {
  const { type, revision, timestamp, message, actor, note } = stored;
  const entry = withState({ type, revision, timestamp }, stored) as HistoryEntry;
  if (message !== undefined) entry.message = message;
  if (note !== undefined) entry.note = note;
  if (actor !== undefined) entry.actor = actor;
  return intact(historyEntry, entry);
}

/** @throws if the document is damaged */
export function toPlacedOrder(document: OrderDocument): PlacedOrder | undefined {
  const { _id, customerId, dateIssued, idempotency, history } = document;
  // Earlier versions did not keep the first entry beside the key.
  const first = idempotency?.placed ?? history.find(({ revision }) => revision === 1);
  if (!idempotency || !first) return undefined;
  const placed = orderAt(intact(identity, { orderId: _id, customerId, dateIssued }), toEntry(first));
  const { key, fingerprint } = idempotency;
  return { order: placed, idempotency: intact(idempotencyOf, { key, fingerprint }) };
}

/**
 * @param document with the one entry that was made with the key
 * @throws if the document is damaged
 */
export function toKeyedChange({ _id, customerId, dateIssued, history }: OrderDocument): KeyedChange | undefined {
  const [entry] = history;
  if (!entry?.idempotency) return undefined;
  const { key, fingerprint } = entry.idempotency;
  return {
    order: orderAt(intact(identity, { orderId: _id, customerId, dateIssued }), toEntry(entry)),
    idempotency: intact(idempotencyOf, { key, fingerprint }),
  };
}

/** @throws if the document is damaged, or its history lacks a change that is not published */
export function toUnpublishedOrder(document: OrderDocument): UnpublishedOrder {
  const { _id, customerId, dateIssued, history, revision, publishedRevision } = document;
  const entries = history.map(toEntry);
  const next = intact(count, publishedRevision) + 1;
  const left = intact(count, intact(count, revision) - publishedRevision - entries.length);
  if (entries.length === 0 || entries.some((entry, i) => entry.revision !== next + i)) {
    throw new Error('its history lacks unpublished changes');
  }
  return { order: intact(identity, { orderId: _id, customerId, dateIssued }), entries, left };
}

/**
 * The value, if it matches the schema. Rules of ours that are no part of a type or a format (`custom`) are for what is
 * written from now on: earlier versions took more texts.
 */
function intact<T>(schema: z.ZodType<T>, value: T): T {
  const issues = schema.safeParse(value).error?.issues.filter(({ code }) => code !== 'custom') ?? [];
  if (issues.length === 0) return value;
  throw new Error(invalidRequest(issues, 'its number of changes').message);
}
