import { newestFirst, type ListKey, type Order } from '@galley/contracts';
import { type OrderFacts } from './order-filter.js';
import { SortedList } from './sorted-list.js';

/** An order of the lists. Its place in them never changes. */
export interface ListedOrder {
  order: Order;
  facts: OrderFacts;
}

/** Orders in the opposite order of the list, because most are added at the new end. */
export class ListedOrders extends SortedList<{ order: ListKey }, ListedOrder> {
  constructor() {
    super((a, b) => newestFirst(b.order, a.order));
  }
}
