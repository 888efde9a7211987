import './list-view.css';
import { useEffect, useState } from 'react';
import { type Order, type OrderPage } from '@galley/client';
import { orderIdAt } from '../orders/holding.js';
import { words } from '../page/page.js';
import { request } from '../page/rest.js';
import { OrderRow, RowHead } from './order-row.js';

const PAGE_SIZE = 50;
/** Waits until nobody types any more. */
const TYPING_MS = 200;

interface Pages {
  orders: readonly Order[];
  nextCursor?: string | undefined;
}

const readPage = (q: string, cursor?: string, signal?: AbortSignal) => {
  const query = new URLSearchParams({ open: 'false', limit: String(PAGE_SIZE), q });
  if (cursor !== undefined) query.set('cursor', cursor);
  return request<OrderPage>('GET', `/orders?${query.toString()}`, signal);
};

/** The orders that have ended, which no tracker keeps: they are read page by page, as the search asks for. */
export function ClosedOrders({
  q,
  open,
  current,
}: {
  q: string;
  open: (orderId: string) => void;
  current: string | undefined;
}) {
  const [pages, setPages] = useState<Pages>();
  const [failed, setFailed] = useState(false);
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    const reading = new AbortController();
    const timer = setTimeout(
      () => {
        setFailed(false);
        readPage(q, undefined, reading.signal).then(setPages, () => {
          if (!reading.signal.aborted) setFailed(true);
        });
      },
      q === '' ? 0 : TYPING_MS,
    );
    return () => {
      clearTimeout(timer);
      reading.abort();
    };
  }, [q, attempt]);
  const readOn = () => {
    readPage(q, pages?.nextCursor).then(
      ({ orders, nextCursor }) => {
        setPages((before) => ({ orders: [...(before?.orders ?? []), ...orders], nextCursor }));
      },
      () => {
        setFailed(true);
      },
    );
  };
  const openAt = ({ target }: { target: EventTarget }) => {
    const orderId = orderIdAt(target);
    if (orderId !== undefined) open(orderId);
  };
  return (
    <main
      className="list"
      aria-busy={!pages && !failed}
      onClick={openAt}
      onKeyDown={(event) => {
        if (event.key === 'Enter') openAt(event);
      }}
    >
      <RowHead last={words.list.closed} />
      <ol className="plain">
        {pages?.orders.map((order) => (
          <li key={order.orderId}>
            <OrderRow order={order} isOpen={current === order.orderId} isTabStop />
          </li>
        ))}
      </ol>
      {pages?.orders.length === 0 && pages.nextCursor === undefined && (
        <p className="empty" role="status">
          {words.list.nothing}
        </p>
      )}
      {!pages && !failed && <p className="empty">{words.list.reading}</p>}
      {failed && (
        <p className="empty" role="alert">
          {words.list.notRead}{' '}
          <button
            className="link"
            onClick={() => {
              setAttempt(attempt + 1);
            }}
          >
            {words.panel.again}
          </button>
        </p>
      )}
      {pages?.nextCursor !== undefined && (
        <button className="button button-quiet" onClick={readOn}>
          {words.list.more}
        </button>
      )}
    </main>
  );
}
