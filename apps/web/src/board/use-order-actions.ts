import { useLayoutEffect, useMemo, useRef } from 'react';
import { type Order, type OrdersTracker } from '@galley/client';
import { type TrackerRef } from '@galley/client/react';
import { type Edits } from '../moves/edits.js';
import { type OrderActions } from '../orders/order-actions.js';
import { type BoardAddress } from '../page/address.js';
import { type Opened } from './opened.js';

export const NOTHING_PICKED: ReadonlySet<string> = new Set();

interface Parts {
  /** All open orders. */
  orders: readonly Order[];
  picked: ReadonlySet<string>;
  setPicked: (change: (before: ReadonlySet<string>) => ReadonlySet<string>) => void;
  setOpened: (opened: Opened) => void;
  go: (change: Partial<BoardAddress>) => void;
  edits: Edits;
  tracker: TrackerRef<OrdersTracker>;
}

/** What can be done with the orders of the board: the same object in every rendering, so that no card is rendered for it. */
export function useOrderActions({ orders, picked, setPicked, setOpened, go, edits, tracker }: Parts): OrderActions {
  const latest = useRef({ orders, picked });
  useLayoutEffect(() => {
    latest.current = { orders, picked };
  });
  return useMemo(() => {
    const find = (orderId: string) => latest.current.orders.filter((order) => order.orderId === orderId);
    /** All that are picked, if this is one of them. */
    const those = (orderId: string) => {
      const { orders, picked } = latest.current;
      return picked.has(orderId) ? orders.filter((order) => picked.has(order.orderId)) : find(orderId);
    };
    const pickNone = () => {
      setPicked(() => NOTHING_PICKED);
    };
    return {
      move: (orderId, status) => {
        edits.move(tracker.current, those(orderId), status);
        pickNone();
      },
      closeOrder: (orderId) => {
        edits.close(tracker.current, those(orderId));
        pickNone();
      },
      open: (orderId) => {
        go({ order: orderId });
      },
      edit: (orderId) => {
        for (const order of find(orderId)) setOpened({ part: 'edit', order });
      },
      remove: (orderId) => {
        for (const order of find(orderId)) setOpened({ part: 'delete', order });
      },
      openMenu: (orderId, opener) => {
        for (const order of find(orderId)) setOpened({ part: 'menu', order, opener });
      },
      pick: (orderId) => {
        setPicked((before) => {
          const after = new Set(before);
          if (!after.delete(orderId)) after.add(orderId);
          return after;
        });
      },
    };
  }, [setPicked, setOpened, go, edits, tracker]);
}
