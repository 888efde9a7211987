/** Documents as earlier versions have stored them, byte for byte the same fields. */

const content = { title: 'Annual report', quantity: 500, status: 'Delivery' };
const at = (second: number) => new Date(Date.UTC(2026, 10, 23, 10, 0, second)).toISOString();

const HISTORY = [
  { type: 'created', revision: 1, timestamp: at(1), ...content, status: 'In Production' },
  { type: 'updated', revision: 2, timestamp: at(2), ...content, estimatedDate: '2026-12-24', message: 'On its way' },
  { type: 'updated', revision: 3, timestamp: at(3), ...content, quantity: 501, estimatedDate: '2026-12-24' },
];

const idempotency = { key: 'k', fingerprint: 'f' };

/** An order that has stood in `Delivery` since its second revision. */
const order = {
  _id: 'a',
  customerId: 'ana',
  ...{ ...content, quantity: 501, estimatedDate: '2026-12-24' },
  ...{ dateIssued: at(0), revision: 3, updatedAt: at(3) },
  history: HISTORY,
  deleted: false,
};

/** Its third revision is not published. */
const waiting = { publishedRevision: 2, unpublishedSince: new Date(at(3)) };

export const CAME_TO_DELIVERY = at(2);

/** The same order, by the version that has stored it. */
export const EARLIER_ORDERS: Record<string, Record<string, unknown> & { _id: string }> = {
  '0.1.0': { ...order, ...waiting, idempotency },
  '0.2.0': { ...order, ...waiting, idempotency: { ...idempotency, placed: HISTORY[0] } },
};

/** The order after it was deleted, and its deletion published. Both versions store it alike. */
export const EARLIER_TOMBSTONE = {
  ...order,
  ...{ revision: 4, updatedAt: at(4), publishedRevision: 4, deleted: true, deletedAt: new Date(at(4)) },
  history: [...HISTORY, { ...HISTORY[2], type: 'deleted', revision: 4, timestamp: at(4) }],
};

/** The fields of a new document that version 0.2.0 does not know. */
export const LATER_FIELDS = { inDeliverySince: 1, derived: 1 } as const;
