import { type OrderStatus } from '@galley/client';

/** What a person sees on the page, and what the page has heard. */
export interface PageView {
  connection: string;
  /** Each row of the list, as `<orderId>: <status>`. */
  rows: string[];
  /** How many edits are not stored yet. */
  pending: number;
  /** The events of the tracker, as `<name> <orderId> <revision>`; a new snapshot is `resync`. */
  heard: string[];
  /** How often the browser has come to this page. */
  timesShown: number;
  /** How long after that the orders, or what is known of them, changed last, in milliseconds. */
  changedAfterMs: number;
}

/** What the tests tell the page to do, as events of Socket.IO. */
export interface PageCommands {
  view: (answer: (view: PageView) => void) => void;
  move: (orderId: string, status: OrderStatus) => void;
  /** Goes to `/elsewhere`, which comes back as the Back button does. */
  leave: () => void;
}
