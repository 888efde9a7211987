import { type Order } from '@galley/contracts';
import { type Violation } from './report.js';
import { type LogRecord, type Run } from './run.js';

/** What is said of an order at one of its revisions. */
type Said = Pick<Order, 'orderId' | 'revision' | 'closedAt'>;

/** Checks that everybody is told of a close, and of a reopening, at the same revision of the order. */
export function* checkCloses({ store, clients }: Run): Generator<Violation> {
  const known = new Map<string, string | undefined>();
  const check = function* ({ orderId, revision, closedAt }: Said, client?: string): Generator<Violation> {
    const key = `${orderId} ${revision}`;
    if (!known.has(key)) known.set(key, closedAt);
    if (known.get(key) === closedAt) return;
    const detail = `revision ${revision} is ${named(closedAt)}, but elsewhere ${named(known.get(key))}`;
    yield { kind: 'state', ...(client !== undefined && { client }), orderId, detail };
  };
  for (const order of store.orders) yield* check(order);
  for (const { client, records } of clients) {
    for (const record of records) for (const said of saidIn(record)) yield* check(said, client);
  }
}

/** Creations and deletions do not say whether the order is closed, other than by the order that they have. */
function saidIn(record: LogRecord): readonly Said[] {
  if (record.kind === 'snapshot') return record.orders;
  if (record.kind !== 'change') return [];
  const ofOrder = record.order ? [record.order] : [];
  return record.event === 'update' || record.event === 'orderUpdated' ? [record, ...ofOrder] : ofOrder;
}

const named = (closedAt: string | undefined) => (closedAt === undefined ? 'open' : `closed at ${closedAt}`);
