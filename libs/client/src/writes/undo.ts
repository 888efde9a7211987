import { type Order } from '@galley/contracts';
import { storedOrder, type Edit } from './edit.js';
import { type EditEvent } from './edit-transitions.js';
import { type OrderFields } from './write.js';
import { conflict } from './write-error.js';

/** The names of the fields that edits change. */
type FieldName = keyof OrderFields;

const valueOf = (order: Order, name: FieldName) => (name === 'closed' ? order.closedAt !== undefined : order[name]);

/** The fields that an edit sets. An undo sets the fields that its edit has changed to what they were before. */
export function fieldsOf({ intent }: Edit): OrderFields {
  if (intent.type === 'change') return intent.fields;
  if (intent.type !== 'undo') return {};
  const { before } = intent.edit;
  if (!before) return {};
  return Object.fromEntries(changedBy(intent.edit).map((name) => [name, valueOf(before, name) ?? null]));
}

/** The fields that differ after an edit. */
function changedBy(edit: Edit): FieldName[] {
  const { before } = edit;
  const after = storedOrder(edit);
  const fields = fieldsOf(edit);
  const valueAfter = (name: FieldName) => (after ? valueOf(after, name) : (fields[name] ?? undefined));
  return (Object.keys(fields) as FieldName[]).filter((name) => before && valueOf(before, name) !== valueAfter(name));
}

/**
 * Whether every field that an edit has changed is still as the edit has left it.
 * @param now the order as it is now
 */
export function isAsLeft(edit: Edit, now: Order): boolean {
  const after = storedOrder(edit);
  return changedBy(edit).every((name) => {
    // An order that was opened and closed again has another `closedAt`.
    const field = name === 'closed' ? 'closedAt' : name;
    return now[field] === after?.[field];
  });
}

/**
 * @param now the order as it is now, as far as it is known
 * @returns how an undo ends without a request; undefined if one is needed
 */
export function endOfUndo(undo: Edit, edit: Edit, now: Order | undefined): EditEvent | undefined {
  const yours = fieldsOf(undo);
  if (!now || edit.state.name !== 'saved' || Object.keys(yours).length === 0) return { type: 'needless' };
  return isAsLeft(edit, now) ? undefined : { type: 'refused', error: conflict(undo.write.orderId, yours, now) };
}
