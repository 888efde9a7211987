import './wall.css';
import { useLayoutEffect, useMemo, useRef, useState } from 'react';
import { ORDER_STATUSES, type Order, type OrderStatus } from '@galley/client';
import { useOrders } from '@galley/client/react';
import { arrange } from '../orders/arrange.js';
import { useSince } from '../orders/feed-news.js';
import { isLate, sortOrders } from '../orders/shown-orders.js';
import { ConnectionSign } from '../link/connection-badge.js';
import { Icon } from '../marks/icon.js';
import { DueText, Patch, RushTag, stageNumber } from '../marks/marks.js';
import { useMinute, useNow } from '../page/now.js';
import { dates, words } from '../page/page.js';
import { useAwakeScreen } from './awake-screen.js';

const MINUTE_MS = 60_000;

/** The board for a screen on a wall, to be read from 5 m away: nothing to press, and it says in large letters when it is not live. */
export function Wall() {
  const { orders, connection, isComplete } = useOrders({ open: true });
  const now = useMinute();
  useAwakeScreen();
  const calendar = useMemo(() => ({ dates, now }), [now]);
  const columns = useMemo(() => arrange(sortOrders(orders, 'due', calendar)), [orders, calendar]);
  const late = orders.filter((order) => isLate(order, calendar)).length;
  const isLive = connection === 'live' || (connection === 'catching-up' && !isComplete);
  return (
    <div className="wall" data-state={isLive ? 'live' : 'stale'}>
      <header className="wall-bar">
        <h1 className="wordmark">
          <Icon name="mark" />
          Galley
        </h1>
        {isLive ? (
          <>
            <span className="wall-counts">
              <b>{words.wall.open(orders.length)}</b>
              {late > 0 && (
                <span className="late-count">
                  <Icon name="late" />
                  {words.wall.late(late)}
                </span>
              )}
            </span>
            <span className="live push">
              <ConnectionSign connection={connection} />
              <b>{words.link.states[connection]}</b>
            </span>
          </>
        ) : (
          <NotLive connection={connection} />
        )}
        <Clock />
      </header>
      <main className="wall-columns" aria-busy={!isComplete}>
        {ORDER_STATUSES.map((status) => (
          <WallColumn
            key={status}
            status={status}
            orders={columns[status]}
            late={columns[status].filter((order) => isLate(order, calendar)).length}
          />
        ))}
      </main>
    </div>
  );
}

function NotLive({ connection }: { connection: 'catching-up' | 'stale' | 'offline' | 'live' }) {
  const since = useSince('offline');
  const now = useNow();
  const at = new Date(since).toISOString();
  return (
    <>
      <p className="wall-stale" role="alert">
        <ConnectionSign connection={connection} />
        {words.wall.notLive(Math.max(0, Math.floor((now - since) / MINUTE_MS)))}{' '}
        <span>{words.wall.boardOf(dates.time(at))}</span>
      </p>
      <span className="push">{words.wall.tryingAgain}</span>
    </>
  );
}

function Clock() {
  const now = useMinute();
  const at = new Date(now).toISOString();
  return (
    <>
      <span>{dates.day(at, now)}</span>
      <span className="clock">{dates.time(at)}</span>
    </>
  );
}

interface WallColumnProps {
  status: OrderStatus;
  orders: readonly Order[];
  late: number;
}

/** More never fit on a screen. */
const MAX_JOBS = 16;

/** As many orders as there is room for; the others as a number, because nobody can scroll. */
function WallColumn({ status, orders, late }: WallColumnProps) {
  const list = useRef<HTMLOListElement>(null);
  const [fitting, setFitting] = useState(MAX_JOBS);
  const count = Math.min(orders.length, MAX_JOBS);
  useLayoutEffect(() => {
    const element = list.current;
    if (!element) return undefined;
    const measure = () => {
      const bottom = element.getBoundingClientRect().bottom;
      const jobs = [...element.children].map((job) => job.getBoundingClientRect().bottom);
      setFitting(jobs.filter((end) => end <= bottom + 1).length);
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => {
      observer.disconnect();
    };
  }, [count, orders]);
  const rest = orders.slice(fitting);
  const now = useMinute();
  return (
    <section className="wall-column" data-stage={stageNumber(status)}>
      <header className="wall-head">
        <Patch status={status} />
        <h2>{words.stages[status].name}</h2>
        <span className="count">{dates.number(orders.length)}</span>
        {late > 0 ? (
          <span className="late-count">
            <Icon name="late" />
            {words.wall.late(late)}
          </span>
        ) : (
          <span className="on-time">{words.wall.noneLate}</span>
        )}
      </header>
      <ol ref={list}>
        {orders.slice(0, MAX_JOBS).map(({ orderId, title, customerId, quantity, estimatedDate, rush }, index) => (
          <li key={orderId} className={index < fitting ? 'wall-job' : 'wall-job no-room'}>
            <h3>{title}</h3>
            <p>
              <span>{customerId}</span>
              <span>{dates.number(quantity)}</span>
            </p>
            <p>
              <DueText expected={estimatedDate} />
              {rush && <RushTag />}
            </p>
          </li>
        ))}
      </ol>
      {rest.length > 0 && (
        <p className="wall-rest">
          {words.wall.more(rest.length, rest.filter((order) => isLate(order, { dates, now })).length)}
        </p>
      )}
    </section>
  );
}
