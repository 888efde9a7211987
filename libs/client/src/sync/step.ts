import { type OrderBook } from './order-book.js';
import { type Effect, type SyncState } from './sync-state.js';

/** What a transition leads to. */
export interface Step {
  state: SyncState;
  effects?: readonly Effect[];
}

export interface SyncContext {
  book: OrderBook;
  /** A random delay before a snapshot, because one cause may make all clients take one at the same time. */
  spreadMs: () => number;
}
