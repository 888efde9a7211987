import { type TrackerError } from '../sync/tracker-error.js';
import { type Edit, type Intent } from './edit.js';
import { type OrderFields, type Write } from './write.js';
import { fieldsOf } from './undo.js';
import { type WriteError } from './write-error.js';

interface ReportedEdit {
  write: Write;
  type: Intent['type'];
  orderId: string;
  /** The fields that it changes; none if it places or removes an order. */
  fields: OrderFields;
  /** When the program made it, by the clock of this machine, ISO 8601. */
  since: string;
}

/** An edit that is not stored yet, as far as is known. */
export interface PendingEdit extends ReportedEdit {
  /** Why the last attempt has failed. Another one follows. */
  problem?: TrackerError;
}

/** An edit that was taken back. */
export interface RefusedEdit extends ReportedEdit {
  error: WriteError;
}

const report = (edit: Edit): ReportedEdit => {
  const { write, intent, since } = edit;
  return { write, type: intent.type, orderId: write.orderId, fields: fieldsOf(edit), since };
};

export function toPending(edit: Edit): PendingEdit {
  const { state } = edit;
  return { ...report(edit), ...('problem' in state && { problem: state.problem }) };
}

export const toRefused = (edit: Edit, error: WriteError): RefusedEdit => ({ ...report(edit), error });
