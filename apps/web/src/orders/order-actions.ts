import { type OrderStatus } from '@galley/client';

/** What can be done with an order of a board. If it is one of the picked ones, moving and closing do it with all of them. */
export interface OrderActions {
  move: (orderId: string, status: OrderStatus) => void;
  closeOrder: (orderId: string) => void;
  open: (orderId: string) => void;
  edit: (orderId: string) => void;
  /** Asks first. */
  remove: (orderId: string) => void;
  /** @param opener what the menu opens beside */
  openMenu: (orderId: string, opener: HTMLElement) => void;
  pick: (orderId: string) => void;
}
