import './job-ticket.css';
import { ORDER_STATUSES, type Order } from '@galley/client';
import { useMinute } from '../page/now.js';
import { dates, words } from '../page/page.js';
import { QrCode } from './qr-code.js';

/**
 * What is printed of an order: a sheet that goes with the job. Its code leads to the order on the board, or to its tracking page if a
 * link was made.
 */
export function JobTicket({ order, url }: { order: Order; url: string | undefined }) {
  const now = useMinute();
  const { orderId, title, customerId, quantity, estimatedDate, rush, dateIssued } = order;
  const facts = [
    [words.fields.customerId, customerId],
    [words.fields.quantity, dates.number(quantity)],
    [words.fields.estimatedDate, estimatedDate === undefined ? words.due.none : dates.day(estimatedDate, now)],
    [words.panel.placed, dates.day(dateIssued, now)],
  ] as const;
  return (
    <article className="job-ticket" aria-hidden="true">
      <header>
        <div>
          <p>{words.panel.ticket}</p>
          <p className="mono">{orderId}</p>
          <h1>{title}</h1>
          {rush && <p className="job-rush">{words.fields.rush}</p>}
        </div>
        <QrCode text={url ?? `${location.origin}/?order=${encodeURIComponent(orderId)}`} label={orderId} />
      </header>
      <dl>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <ol>
        {ORDER_STATUSES.map((status) => (
          <li key={status}>{words.stages[status].name}</li>
        ))}
      </ol>
    </article>
  );
}
