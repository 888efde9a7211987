import './list-view.css';
import { useLayoutEffect, useRef, useState } from 'react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { nearestTo } from '../orders/arrange.js';
import { pendingByOrder, type ViewProps } from '../orders/view-props.js';
import { orderIdAt } from '../orders/holding.js';
import { orderKey } from '../orders/order-keys.js';
import { nameOf } from '../page/identity.js';
import { words } from '../page/page.js';
import { OrderRow, RowHead } from './order-row.js';
import { useHeldOrder } from './held-order.js';

/** The height of a row before it is measured, in pixels. */
const ROW_PX = 41;

/** All orders that are asked for, a line each. Only the lines in sight are in the page, so that 10,000 cost no more than 30. */
export function ListView({ shown, address, news, actions, pending, picked, isLoading }: ViewProps) {
  const list = useRef<HTMLElement>(null);
  const [tabStop, setTabStop] = useState<string>();
  const { orders, handlers } = useHeldOrder(shown);
  const open = pendingByOrder(pending);
  const rows = useVirtualizer({
    count: orders.length,
    getScrollElement: () => list.current,
    estimateSize: () => ROW_PX,
    overscan: 10,
    getItemKey: (index) => orders[index]?.orderId ?? index,
  });
  const inSight = rows.getVirtualItems();
  const first = orders[inSight[0]?.index ?? 0]?.orderId;
  const stop = inSight.some(({ key }) => key === tabStop) ? tabStop : first;

  const focus = (index: number) => {
    const order = orders[index];
    if (!order) return;
    rows.scrollToIndex(index);
    // The row comes into the page with the next rendering.
    requestAnimationFrame(() => {
      list.current?.querySelector<HTMLElement>(`[data-order="${CSS.escape(order.orderId)}"]`)?.focus();
    });
  };
  /** The order whose row has the focus. */
  const focused = useRef<string>(undefined);
  const before = useRef(orders);
  useLayoutEffect(() => {
    const was = before.current;
    before.current = orders;
    if (focused.current === undefined || document.activeElement !== document.body) return;
    const index = was.findIndex(({ orderId }) => orderId === focused.current);
    const left = new Map(orders.map(({ orderId }, at) => [orderId, at]));
    if (index === -1 || left.has(focused.current)) return;
    const next = nearestTo(was, index).find(({ orderId }) => left.has(orderId));
    if (next) focus(left.get(next.orderId) ?? 0);
  }, [orders]);

  const press = (event: React.KeyboardEvent) => {
    const index = orders.findIndex(({ orderId }) => orderId === orderIdAt(event.target));
    const order = orders[index];
    const key = order && orderKey(event, order);
    if (!key) return;
    event.preventDefault();
    if (key.does === 'walk') focus(index + { up: -1, down: 1, left: 0, right: 0 }[key.direction]);
    else if (key.does === 'move') actions.move(order.orderId, key.status);
    else if (key.does === 'openMenu') actions.openMenu(order.orderId, event.target as HTMLElement);
    else actions[key.does](order.orderId);
  };
  const click = (event: React.MouseEvent) => {
    const orderId = orderIdAt(event.target);
    if (orderId === undefined) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey) actions.pick(orderId);
    else actions.open(orderId);
  };
  return (
    <main
      ref={list}
      className="list"
      aria-busy={isLoading}
      onKeyDown={press}
      onClick={click}
      {...handlers}
      onFocus={(event) => {
        focused.current = orderIdAt(event.target);
        setTabStop(focused.current);
        handlers.onFocus(event);
      }}
      onBlur={(event) => {
        if (event.relatedTarget) focused.current = undefined;
        handlers.onBlur();
      }}
    >
      <RowHead last={words.list.changed} />
      {orders.length === 0 && <p className="empty">{isLoading ? words.list.reading : words.list.nothing}</p>}
      <ol style={{ height: rows.getTotalSize() }}>
        {inSight.map(({ key, index, start }) => {
          const order = orders[index];
          if (!order) return null;
          const { orderId } = order;
          return (
            <li key={key} ref={rows.measureElement} data-index={index} style={{ translate: `0 ${start}px` }}>
              <OrderRow
                order={order}
                by={nameOf(news.lastChanges.get(orderId)?.actor)}
                pending={open.get(orderId)}
                isPicked={picked.has(orderId)}
                isOpen={address.order === orderId}
                isTabStop={stop === orderId}
              />
            </li>
          );
        })}
      </ol>
    </main>
  );
}
