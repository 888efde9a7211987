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

/** What a new snapshot changed, because the single changes are not known. */
export interface ResyncDifference {
  /** Orders that were not known before. */
  added: readonly Order[];
  /** Orders with a higher revision, as they are now. */
  changed: readonly Order[];
  /** Orders that were deleted, or do not match the filter any more, as they were last known. */
  removed: readonly Order[];
}
