import {
  type Order,
  type OrderCreatedEvent,
  type OrderDeletedEvent,
  type OrderUpdatedEvent,
  type OrderUpdateEvent,
} from '@galley/contracts';

/** One change of an order, as a gateway sends it. An update has the whole order unless the client follows one order. */
export type OrderChange =
  | { type: 'created'; event: OrderCreatedEvent }
  | { type: 'updated'; event: OrderUpdatedEvent | OrderUpdateEvent }
  | { type: 'deleted'; event: OrderDeletedEvent };

/**
 * The outcome of applying a change to an order book:
 * - `applied`.
 * - `known`: the book already had it or a later one.
 * - `unseen`: it concerns an order that the book did not and does not show. The book remembers it.
 * - `gap`: changes before it are missing, so it was not applied.
 */
export type Outcome = 'applied' | 'known' | 'unseen' | 'gap';

/** What a new snapshot changed, because the single changes are not known. */
export interface ResyncDifference {
  /** Orders that were not known before. */
  added: readonly Order[];
  /** Orders with a higher revision, as they are now. */
  changed: readonly Order[];
  /** Orders that were deleted, or do not match the filter any more, as they were last known. */
  removed: readonly Order[];
}
