import { type ChangeOrder, type Order, type PlaceOrderInput } from '@galley/contracts';

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
