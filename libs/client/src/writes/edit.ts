import { type Order } from '@galley/contracts';
import { type EditState } from './edit-transitions.js';
import { type EditTexts, type NewOrder, type OrderFields, type Write } from './write.js';

/** What an edit is to do. */
export type Intent =
  | { type: 'place'; order: NewOrder & { orderId: string } }
  | { type: 'change'; fields: OrderFields }
  | { type: 'undo'; edit: Edit }
  | { type: 'remove' };

export interface Edit {
  readonly write: Write;
  readonly intent: Intent;
  readonly texts: EditTexts;
  /** When the program made it, by the clock of this machine, ISO 8601. */
  readonly since: string;
  state: EditState;
  /** The same object as that of the edits that are to be sent in one request with it. Absent if it is sent alone. */
  batch?: object;
  /** The revision that it changes. Absent for a new order, and while it is not known, because an edit before it is open. */
  base?: number;
  /** The order as the API has answered that it is, because it was newer than the revision that was sent. */
  answered?: Order;
  /** How many snapshots had begun when it was sent for the first time, or the order was asked for after it. */
  snapshotsBefore?: number;
  /** The order without this edit, as far as it is known. Absent for a new order. */
  before?: Order;
}

/** The order after an edit, if the edit is stored and has not removed it. */
export const storedOrder = ({ state }: Edit): Order | undefined => (state.name === 'saved' ? state.order : undefined);
