import { useMemo, useSyncExternalStore } from 'react';
import {
  type ConnectionState,
  type OrderFilter,
  type OrdersState,
  type OrdersTracker,
  type OrderState,
  type OrderTracker,
} from '@galley/client';
import { usePool } from './galley-provider.js';
import { type AnyTracker, type SharedTracker, type StateOf, type TrackerRef } from './shared-tracker.js';

/**
 * The orders of a scope, as `trackOrders` tracks them. Components with the same scope share one tracker. An order that did not
 * change is the same object, so a row in `memo` is rendered only when its order has changed.
 */
export const useOrders = (scope: OrderFilter = {}): OrdersState & { tracker: TrackerRef<OrdersTracker> } =>
  useShared(usePool().scope(scope));

/** One order, as `trackOrder` tracks it. Components with the same order share one tracker. */
export const useOrder = (orderId: string): OrderState & { tracker: TrackerRef<OrderTracker> } =>
  useShared(usePool().order(orderId));

/** The connection of the components below the provider: the state of that tracker which is worst off. */
export function useConnection(): ConnectionState {
  const pool = usePool();
  return useSyncExternalStore(pool.subscribe, pool.connection, () => 'offline');
}

function useShared<T extends AnyTracker>(shared: SharedTracker<T>): StateOf<T> & { tracker: TrackerRef<T> } {
  const state = useSyncExternalStore(shared.subscribe, shared.getSnapshot, shared.getServerSnapshot);
  return useMemo(() => ({ ...state, tracker: shared.ref }), [state, shared]);
}
