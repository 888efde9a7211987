import { useMemo, useState, type FocusEvent, type PointerEvent } from 'react';
import { type Order } from '@galley/client';
import { orderIdAt, orderIdWithFocus } from '../orders/holding.js';

/**
 * The rows of a list, in the order that they had when the pointer or the focus came into it: nothing moves under them. Orders that
 * have come since are below; those that have gone are gone.
 */
export function useHeldOrder(orders: readonly Order[]) {
  const [held, setHeld] = useState<readonly string[]>();
  const shown = useMemo(() => (held ? inOrderOf(held, orders) : orders), [held, orders]);
  const hold = (orderId: string | undefined) => {
    setHeld((before) => {
      if (orderId === undefined) return undefined;
      return before ?? shown.map(({ orderId }) => orderId);
    });
  };
  const letGo = () => {
    setHeld(undefined);
  };
  const handlers = {
    onPointerOver: ({ target }: PointerEvent) => {
      hold(orderIdAt(target));
    },
    onPointerLeave: letGo,
    onFocus: ({ target }: FocusEvent) => {
      hold(orderIdWithFocus(target));
    },
    onBlur: letGo,
  };
  return { orders: shown, handlers };
}

/** @returns the orders sorted as their ids are, then those without a place there */
export function inOrderOf(orderIds: readonly string[], orders: readonly Order[]): readonly Order[] {
  const byId = new Map(orders.map((order) => [order.orderId, order]));
  const known = orderIds.flatMap((orderId) => byId.get(orderId) ?? []);
  const places = new Set(orderIds);
  return [...known, ...orders.filter(({ orderId }) => !places.has(orderId))];
}
