import { type Order } from '@galley/contracts';
import { finding, type Finding } from './arrival.js';
import { heardChange } from './heard-change.js';
import { type OrderFacts } from './order-facts.js';
import { type ChangeRecord, type ClientLog, type LogRecord } from './run.js';

/** Checks that staff get who made each change, and its note, that nobody else does, and that no order holds either. */
export function* checkStaffPart(
  { staffPart, records }: Pick<ClientLog, 'staffPart' | 'records'>,
  facts: ReadonlyMap<string, OrderFacts>,
): Generator<Finding> {
  for (const record of records) {
    for (const order of ordersIn(record)) yield* checkOrder(order);
    if (record.kind !== 'change') continue;
    if (staffPart === 'forbidden') yield* checkOfOthers(record);
    if (staffPart === 'expected') yield* checkOfStaff(record, facts.get(record.orderId));
  }
}

function ordersIn(record: LogRecord): readonly Order[] {
  if (record.kind === 'snapshot') return record.orders;
  return record.kind === 'change' && record.order ? [record.order] : [];
}

function* checkOrder(order: Order): Generator<Finding> {
  const { orderId, revision } = order;
  for (const part of ['actor', 'note']) {
    if (part in order)
      yield { kind: 'leaked', orderId, detail: `the order at revision ${revision} holds a field ${part}` };
  }
}

function* checkOfOthers(record: ChangeRecord): Generator<Finding> {
  for (const part of ['actor', 'note'] as const) {
    if (record[part] === undefined) continue;
    yield finding('leaked', heardChange(record), `came with the ${part}, which only staff may get`);
  }
}

function* checkOfStaff(record: ChangeRecord, facts: OrderFacts | undefined): Generator<Finding> {
  const { revision, actor, note } = record;
  if (!actor) yield finding('lost', heardChange(record), 'came without its actor');
  const written = facts?.notes.get(revision);
  if (!facts?.notes.has(revision) || written === note) return;
  yield finding('state', heardChange(record), `came with ${named(note)}, but was written with ${named(written)}`);
}

const named = (note: string | undefined) => (note === undefined ? 'no note' : `the note ${JSON.stringify(note)}`);
