import { memo } from 'react';
import { type Order } from '@galley/client';
import { type Pending } from '../orders/view-props.js';
import { DueText, Patch, RushTag } from '../marks/marks.js';
import { useMinute } from '../page/now.js';
import { dates, words } from '../page/page.js';

interface OrderRowProps {
  order: Order;
  /** Who has changed it last, if this page knows. */
  by?: string | undefined;
  pending?: Pending | undefined;
  isPicked?: boolean;
  isOpen: boolean;
  isTabStop: boolean;
}

/** One order in a line. The place of a row in a list is its parent's business. */
export const OrderRow = memo(function OrderRow({ order, by, pending, isPicked, isOpen, isTabStop }: OrderRowProps) {
  const now = useMinute();
  const { orderId, title, customerId, quantity, status, estimatedDate, rush, updatedAt, closedAt } = order;
  const changed = closedAt ?? updatedAt;
  const states = [pending && 'is-pending', isPicked && 'is-picked'].filter(Boolean).join(' ');
  return (
    <div
      className={`row ${states}`.trim()}
      role="button"
      data-order={orderId}
      tabIndex={isTabStop ? 0 : -1}
      aria-current={isOpen || undefined}
    >
      <span className="stage">
        <Patch status={status} />
        <span>{words.stages[status].name}</span>
      </span>
      <b>
        {title}
        {rush && <RushTag />}
      </b>
      <span className="mono">{orderId}</span>
      <span>{customerId}</span>
      <span className="n">{dates.number(quantity)}</span>
      <DueText expected={estimatedDate} />
      <span className="by">
        {pending ? words.card.saving : [by, dates.ago(changed, now)].filter(Boolean).join(' · ')}
      </span>
    </div>
  );
});

/** What the columns of a list mean. */
export const RowHead = ({ last }: { last: string }) => (
  <div className="row row-head" aria-hidden="true">
    <span>{words.list.stage}</span>
    <span>{words.list.title}</span>
    <span>{words.list.order}</span>
    <span>{words.list.customer}</span>
    <span className="n">{words.list.quantity}</span>
    <span>{words.list.expected}</span>
    <span className="by">{last}</span>
  </div>
);
