import { type Order, type PendingEdit } from '@galley/client';
import { type BoardAddress } from '../page/address.js';
import { type FeedNews } from './feed-news.js';
import { type OrderActions } from './order-actions.js';

/** `saving`: sent, and not answered. `waiting`: it could not be sent, and is sent again later. */
export type Pending = 'saving' | 'waiting';

/** What every view of the open orders needs. */
export interface ViewProps {
  /** The orders that are asked for, sorted. */
  shown: readonly Order[];
  address: BoardAddress;
  go: (change: Partial<BoardAddress>) => void;
  news: FeedNews;
  actions: OrderActions;
  pending: readonly PendingEdit[];
  picked: ReadonlySet<string>;
  isLoading: boolean;
}

/** The edits that are not saved yet, by order. */
export function pendingByOrder(pending: readonly PendingEdit[]): ReadonlyMap<string, Pending> {
  return new Map(pending.map(({ orderId, problem }) => [orderId, problem ? 'waiting' : 'saving']));
}
