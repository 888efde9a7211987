import {
  type Order,
  type OrderCreatedEvent,
  type OrderDeletedEvent,
  type OrderUpdatedEvent,
  type OrderUpdateEvent,
} from '@galley/contracts';

/** One change of an order, as a gateway tells it. An update has the whole order unless one order is followed. */
export type OrderChange =
  | { type: 'created'; event: OrderCreatedEvent }
  | { type: 'updated'; event: OrderUpdatedEvent | OrderUpdateEvent }
  | { type: 'deleted'; event: OrderDeletedEvent };

/** What a new snapshot changed, where the single changes are not known. */
export interface ResyncDifference {
  /** Orders that were not known before. */
  added: readonly Order[];
  /** Orders whose revision is higher now, as they are now. */
  changed: readonly Order[];
  /** Orders that are gone, as they were last known. */
  removed: readonly Order[];
}
