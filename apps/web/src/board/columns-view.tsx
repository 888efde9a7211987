import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { ORDER_STATUSES, type Order } from '@galley/client';
import { nameOf } from '../page/identity.js';
import { words } from '../page/page.js';
import { pendingByOrder, type ViewProps } from '../orders/view-props.js';
import { type Edits } from '../moves/edits.js';
import { arrange, nearestLeft, neighbour } from '../orders/arrange.js';
import { Card } from './card.js';
import { Column } from './column.js';
import { useLit } from '../orders/feed-news.js';
import { Glides } from './glides.js';
import { orderIdAt, useHolding } from '../orders/holding.js';
import { orderKey } from '../orders/order-keys.js';

interface ColumnsViewProps extends ViewProps {
  /** All open orders. */
  all: readonly Order[];
  edits: Edits;
}

export function ColumnsView(props: ColumnsViewProps) {
  const { shown, all, address, go, news, actions, pending, picked, isLoading, edits } = props;
  const columns = useRef<HTMLElement>(null);
  const holding = useHolding();
  const arrangement = useMemo(() => arrange(shown, holding.holds), [shown, holding.holds]);
  const lit = useLit(news);
  const open = useMemo(() => pendingByOrder(pending), [pending]);
  const [tabStop, setTabStop] = useState<string>();
  const stop = useTabStop(tabStop, arrangement);
  /** The order whose card is to keep the focus when it comes to another column. */
  const focused = useRef<string>(undefined);
  const cardOf = (orderId: string) =>
    columns.current?.querySelector<HTMLElement>(`[data-order="${CSS.escape(orderId)}"]`);

  useEffect(() => edits.onMove(holding.release), [edits, holding.release]);
  useLayoutEffect(() => {
    const before = holding.shown.current;
    holding.shown.current = arrangement;
    const hasLostFocus = document.activeElement === document.body;
    if (!hasLostFocus || focused.current === undefined) return;
    const next = nearestLeft(arrangement, focused.current, before);
    if (next !== undefined) cardOf(next)?.focus();
  }, [arrangement]);

  const press = (event: React.KeyboardEvent) => {
    const orderId = orderIdAt(event.target);
    const order = shown.find((order) => order.orderId === orderId);
    if (!order || event.target !== cardOf(order.orderId)) return;
    const key = orderKey(event, order);
    if (!key) return;
    event.preventDefault();
    if (key.does === 'walk') {
      const next = neighbour(arrangement, order.orderId, key.direction);
      if (next) cardOf(next.orderId)?.focus();
    } else if (key.does === 'move') {
      actions.move(order.orderId, key.status);
    } else if (key.does === 'openMenu') {
      actions.openMenu(order.orderId, event.target as HTMLElement);
    } else {
      actions[key.does](order.orderId);
    }
  };
  const click = (event: React.MouseEvent) => {
    const orderId = orderIdAt(event.target);
    if (orderId === undefined) return;
    const opener = (event.target as Element).closest<HTMLElement>('[data-menu]');
    if (opener) actions.openMenu(orderId, opener);
    else if (event.ctrlKey || event.metaKey || event.shiftKey) actions.pick(orderId);
    else actions.open(orderId);
  };
  const asked = useMemo(() => arrange(shown), [shown]);
  const everything = useMemo(() => arrange(all), [all]);
  const { onPointerOver, onPointerLeave, onFocus, onBlur } = holding.handlers;
  return (
    <Glides within={columns} arrangement={arrangement}>
      <main
        ref={columns}
        className="columns"
        aria-describedby="keys"
        onKeyDown={press}
        onClick={click}
        onPointerDown={() => {
          focused.current = undefined;
        }}
        onPointerOver={onPointerOver}
        onPointerLeave={onPointerLeave}
        onFocus={(event) => {
          focused.current = orderIdAt(event.target);
          setTabStop(focused.current);
          onFocus(event);
        }}
        onBlur={(event) => {
          if (event.relatedTarget) focused.current = undefined;
          onBlur();
        }}
      >
        {ORDER_STATUSES.map((status) => (
          <Column
            key={status}
            status={status}
            orders={arrangement[status]}
            count={asked[status].length}
            hidden={everything[status].length - asked[status].length}
            isLoading={isLoading}
            isFiltered={address.filter !== 'all' || address.q !== ''}
            drop={actions.move}
            showAll={() => {
              go({ filter: 'all', q: '' });
            }}
            card={(order) => (
              <Card
                key={order.orderId}
                order={order}
                by={nameOf(news.lastChanges.get(order.orderId)?.actor)}
                pending={open.get(order.orderId)}
                isPicked={picked.has(order.orderId)}
                isOpen={address.order === order.orderId}
                isLit={lit.has(order.orderId)}
                isTabStop={stop === order.orderId}
                canMove
              />
            )}
          />
        ))}
        <p id="keys" className="hidden">
          {words.card.help}
        </p>
      </main>
    </Glides>
  );
}

/** The one card that Tab leads to: the last that was focused, or the first. */
function useTabStop(last: string | undefined, columns: ReturnType<typeof arrange>): string | undefined {
  return useMemo(() => {
    const orders = ORDER_STATUSES.flatMap((status) => columns[status]);
    return (orders.find((order) => order.orderId === last) ?? orders[0])?.orderId;
  }, [last, columns]);
}
