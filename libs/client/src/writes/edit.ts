import { type ChangeOrder, type Order, type PlaceOrderInput } from '@galley/contracts';
import { type EditState } from './edit-transitions.js';

/** A new order. Without an `orderId`, it gets one at once. */
export type NewOrder = Omit<PlaceOrderInput, 'message' | 'note'>;

/** The fields of an order that a program may change. `null` removes an optional one; `closed` closes the order or opens it again. */
export type OrderFields = Omit<ChangeOrder, 'message' | 'note'>;

/** What is said about an edit: `message` to everybody who may see the order, `note` to staff only. */
export interface EditTexts {
  message?: string;
  note?: string;
}

/** An edit that a program has made. */
export interface Write<Result extends Order | undefined = Order | undefined> {
  /** Identifies the edit, here and on the server: its `Idempotency-Key`. */
  readonly id: string;
  readonly orderId: string;
  /**
   * Resolves once the edit is stored, with the stored order, or with `undefined` after a removal. Rejects with a `WriteError`
   * if it is taken back. That ends no program that does not look.
   */
  readonly saved: Promise<Result>;
}

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
  /** The revision that it changes. Absent for a new order, and while it is not known, because an edit before it is open. */
  base?: number;
  /** How many snapshots had begun when it was sent for the first time. */
  snapshotsBefore?: number;
  /** The order without this edit, as far as it is known. Absent for a new order. */
  before?: Order;
}

/** The order after an edit, if the edit is stored and has not removed it. */
export const storedOrder = ({ state }: Edit): Order | undefined => (state.name === 'saved' ? state.order : undefined);
