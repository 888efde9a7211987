import { type Order, type OrderStatus } from '@galley/contracts';
import { type EditTexts, type NewOrder, type OrderFields, type Write } from './write.js';

/** The methods that write. Each shows its edit at once, and sends it in the background. */
export interface Writes {
  /** Places an order. Its id is in `orderId` of what this returns. */
  place: (order: NewOrder, texts?: EditTexts) => Write<Order>;
  change: (orderId: string, fields: OrderFields, texts?: EditTexts) => Write<Order>;
  move: (orderId: string, status: OrderStatus, texts?: EditTexts) => Write<Order>;
  close: (orderId: string, texts?: EditTexts) => Write<Order>;
  /** Deletes the order. This cannot be undone, so ask first. */
  remove: (orderId: string) => Write<undefined>;
  /**
   * Restores the fields that a change, a move, a close or an undo has changed, unless somebody else has changed one of them
   * since. Drops the edit if it was not sent yet.
   * @throws TypeError if this tracker has not made the edit, or it placed or removed an order
   */
  undo: (write: Write, texts?: EditTexts) => Write;
  /**
   * Sends the edits that are made in a function in one request, so that everybody gets them at once. Each is stored, or refused, by
   * itself. If another edit of an order is open, that one goes first.
   * @returns what the function returns
   */
  batch: <T>(make: () => T) => T;
  /** Removes an edit from `refused`. */
  dismiss: (write: Write) => void;
}
