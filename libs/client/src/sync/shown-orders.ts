import { type Order } from '@galley/contracts';

/** The orders that a tracker shows. */
export interface ShownOrders {
  /** Newest first. */
  list(): readonly Order[];
  get(orderId: string): Order | undefined;
  /** Whether the order was deleted, as far as is known. */
  isDeleted(orderId: string): boolean;
}
