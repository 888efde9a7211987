import { type Order } from '@galley/contracts';
import { type Run } from './run.js';
import { type Violation } from './report.js';

/** Checks that a revision of an order has the same content in the store, in every snapshot and in every event. */
export function* checkContents({ store, clients }: Run): Generator<Violation> {
  const contents = new Map<string, string>();
  const check = function* (order: Order, client?: string): Generator<Violation> {
    const { orderId, revision } = order;
    const key = `${orderId} ${revision}`;
    const content = JSON.stringify(order, Object.keys(order).sort());
    const known = contents.get(key) ?? content;
    contents.set(key, known);
    if (known === content) return;
    const detail = `revision ${revision} is ${content}, but elsewhere ${known}`;
    yield { kind: 'state', ...(client !== undefined && { client }), orderId, detail };
  };
  for (const order of store.orders) yield* check(order);
  for (const { client, records } of clients) {
    for (const record of records) {
      if (record.kind === 'change' && record.order) yield* check(record.order, client);
      if (record.kind === 'snapshot') for (const order of record.orders) yield* check(order, client);
    }
  }
}
