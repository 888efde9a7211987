import { useEffect, useRef, useState } from 'react';
import { dropTargetForElements } from '@atlaskit/pragmatic-drag-and-drop/adapter/element-adapter';
import { ORDER_STATUSES, type Order, type OrderStatus } from '@galley/client';
import { Icon } from '../marks/icon.js';
import { Patch, stageNumber } from '../marks/marks.js';
import { useMinute } from '../page/now.js';
import { dates, words } from '../page/page.js';
import { type DraggedOrder } from './card.js';
import { isLate } from '../orders/shown-orders.js';

/** A column shows so many cards at first, and so many more whenever its end comes into sight. */
const CARDS_AT_ONCE = 30;

interface ColumnProps {
  status: OrderStatus;
  orders: readonly Order[];
  /** How many orders have this stage and are asked for. */
  count: number;
  /** How many more have this stage, and the filter hides. */
  hidden: number;
  isLoading: boolean;
  isFiltered: boolean;
  drop: (orderId: string, status: OrderStatus) => void;
  showAll: () => void;
  card: (order: Order) => React.ReactNode;
}

export function Column(props: ColumnProps) {
  const { status, orders, count, isLoading, card, drop } = props;
  const { column, isOver } = useDropTarget(status, drop);
  const [limit, setLimit] = useState(CARDS_AT_ONCE);
  const now = useMinute();
  const late = orders.filter((order) => isLate(order, { dates, now })).length;
  const { name } = words.stages[status];
  const isEmpty = !isLoading && !isOver && orders.length === 0;
  return (
    <section
      ref={column}
      className={`column${isOver ? ' is-over' : ''}`}
      data-stage={stageNumber(status)}
      data-column={status}
      aria-label={name}
      aria-busy={isLoading}
    >
      <header className="column-head">
        <Patch status={status} />
        <h2>{name}</h2>
        {late > 0 && (
          <span className="late-count">
            <Icon name="late" />
            {dates.number(late)}
            <span>{words.column.late}</span>
          </span>
        )}
        {isLoading ? (
          <span className="bone bone-count" />
        ) : (
          <span className="count" aria-label={words.column.orders(count)} role="img">
            {dates.number(count)}
          </span>
        )}
      </header>
      {isLoading && (
        <div className="column-body">
          {[1, 2, 3].map((n) => (
            <Skeleton key={n} />
          ))}
        </div>
      )}
      {isEmpty && <Empty {...props} />}
      {!isLoading && !isEmpty && (
        <ol className="column-body">
          {isOver && (
            <li className="card-gap" aria-hidden="true">
              {words.column.drop(words.stages[status].short)}
            </li>
          )}
          {orders.slice(0, limit).map(card)}
          {orders.length > limit && (
            <More
              count={orders.length - limit}
              show={() => {
                setLimit(limit + CARDS_AT_ONCE);
              }}
            />
          )}
        </ol>
      )}
    </section>
  );
}

function Empty({ status, hidden, isFiltered, showAll }: ColumnProps) {
  if (isFiltered && hidden > 0) {
    return (
      <div className="empty">
        <b>{words.column.noneByFilter}</b>
        {words.column.hidden(hidden)}{' '}
        <button className="link" onClick={showAll}>
          {words.column.showAll}
        </button>
      </div>
    );
  }
  const before = ORDER_STATUSES[stageNumber(status) - 2];
  return (
    <div className="empty">
      <b>{words.stages[status].nothing}</b>
      {before ? words.column.arriveFrom(words.stages[before].name) : words.column.placedHere}
    </div>
  );
}

/** Shows more as soon as it comes into sight, or when it is pressed. */
function More({ count, show }: { count: number; show: () => void }) {
  const element = useRef<HTMLLIElement>(null);
  useEffect(() => {
    const end = element.current;
    if (!end) return undefined;
    const observer = new IntersectionObserver(([entry]) => {
      if (entry?.isIntersecting) show();
    });
    observer.observe(end);
    return () => {
      observer.disconnect();
    };
  });
  return (
    <li ref={element}>
      <button className="button button-quiet" onClick={show}>
        {words.column.more(count)}
      </button>
    </li>
  );
}

const Skeleton = () => (
  <div className="card skeleton" aria-hidden="true">
    {['short', 'long', 'middle', 'short'].map((length, index) => (
      <span key={index} className={`bone bone-${length}`} />
    ))}
  </div>
);

function useDropTarget(status: OrderStatus, drop: ColumnProps['drop']) {
  const column = useRef<HTMLElement>(null);
  const [isOver, setOver] = useState(false);
  const latest = useRef(drop);
  useEffect(() => {
    latest.current = drop;
  });
  useEffect(() => {
    const element = column.current;
    if (!element) return undefined;
    const over = () => {
      setOver(true);
    };
    const away = () => {
      setOver(false);
    };
    const isFromElsewhere = (source: HTMLElement) => !element.contains(source);
    return dropTargetForElements({
      element,
      canDrop: ({ source }) => isFromElsewhere(source.element),
      onDragEnter: over,
      onDragLeave: away,
      onDrop: ({ source }) => {
        away();
        latest.current((source.data as DraggedOrder).orderId, status);
      },
    });
  }, [status]);
  return { column, isOver };
}
