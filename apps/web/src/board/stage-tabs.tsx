import { useEffect, useState } from 'react';
import { ORDER_STATUSES, type Order, type OrderStatus } from '@galley/client';
import { Icon } from '../marks/icon.js';
import { Patch, stageNumber } from '../marks/marks.js';
import { useMinute } from '../page/now.js';
import { dates, words } from '../page/page.js';
import { isLate } from '../orders/shown-orders.js';

const columnOf = (status: OrderStatus) => document.querySelector<HTMLElement>(`[data-column="${status}"]`);

/** On a phone, the stages at the thumb: each brings its column into sight. */
export function StageTabs({ orders }: { orders: readonly Order[] }) {
  const now = useMinute();
  const inSight = useColumnInSight();
  return (
    <nav className="tabs" aria-label={words.bar.stages}>
      {ORDER_STATUSES.map((status) => {
        const here = orders.filter((order) => order.status === status);
        const hasLate = here.some((order) => isLate(order, { dates, now }));
        return (
          <button
            key={status}
            className="tab"
            data-stage={stageNumber(status)}
            aria-current={inSight === status || undefined}
            onClick={() => {
              columnOf(status)?.scrollIntoView({ inline: 'start', block: 'nearest' });
            }}
          >
            <span>
              <Patch status={status} />
              {dates.number(here.length)}
              {hasLate && <Icon name="late" />}
            </span>
            {words.stages[status].short}
          </button>
        );
      })}
    </nav>
  );
}

/** The column that fills most of a phone's screen. */
function useColumnInSight(): OrderStatus {
  const [inSight, setInSight] = useState<OrderStatus>(ORDER_STATUSES[0]);
  useEffect(() => {
    const observer = new IntersectionObserver(
      (entries) => {
        const seen = entries.find(({ isIntersecting }) => isIntersecting)?.target as HTMLElement | undefined;
        if (seen) setInSight(seen.dataset.column as OrderStatus);
      },
      { threshold: 0.6 },
    );
    for (const status of ORDER_STATUSES) {
      const column = columnOf(status);
      if (column) observer.observe(column);
    }
    return () => {
      observer.disconnect();
    };
  }, []);
  return inSight;
}
