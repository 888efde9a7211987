import './panel.css';
import { useEffect, useRef } from 'react';
import { ORDER_STATUSES, type ConnectionState, type Order } from '@galley/client';
import { useOrder } from '@galley/client/react';
import { type OrderActions } from '../orders/order-actions.js';
import { ConnectionSign } from '../link/connection-badge.js';
import { Icon } from '../marks/icon.js';
import { DueText, Patch, RushTag, stageNumber } from '../marks/marks.js';
import { type Edits, type WritingTracker } from '../moves/edits.js';
import { useMinute } from '../page/now.js';
import { dates, words } from '../page/page.js';
import { inStageSince } from './history.js';
import { JobTicket } from './job-ticket.js';
import { TextToPeople } from './text-to-people.js';
import { Timeline } from './timeline.js';
import { TrackingLinkSection, useTrackingLink } from './tracking-link.js';
import { useHistory } from './use-history.js';

interface PanelProps {
  orderId: string;
  /** The open orders. */
  orders: readonly Order[];
  /** Whether these are all open orders. */
  isComplete: boolean;
  listTracker: () => WritingTracker;
  edits: Edits;
  connection: ConnectionState;
  actions: OrderActions;
  edit: (order: Order) => void;
  close: () => void;
}

/** One order in full. An open one is in the list already; any other one is followed by itself. */
export function OrderPanel(props: PanelProps) {
  const { orderId, orders, isComplete, listTracker } = props;
  const order = orders.find((order) => order.orderId === orderId);
  if (order) return <Panel {...props} order={order} tracker={listTracker} />;
  return isComplete ? <PanelOfOther {...props} /> : <EmptyPanel {...props} says="" />;
}

/** A closed order, or one that is gone. */
function PanelOfOther(props: PanelProps) {
  const { order, deleted, connection, tracker } = useOrder(props.orderId);
  if (order) return <Panel {...props} order={order} tracker={() => tracker.current} />;
  const says = deleted ? words.panel.gone : connection === 'live' ? words.panel.unknown : '';
  return <EmptyPanel {...props} says={says} />;
}

const EmptyPanel = ({ orderId, close, says }: PanelProps & { says: string }) => (
  <section className="panel" aria-label={orderId}>
    <div className="panel-head">
      <p className="panel-line">
        <span className="mono">{orderId}</span>
        <CloseButton close={close} />
      </p>
      <h2 className="title">{says}</h2>
    </div>
  </section>
);

const CloseButton = ({ close }: { close: () => void }) => (
  <button className="button button-quiet button-icon" aria-label={words.panel.close} onClick={close}>
    <Icon name="close" />
  </button>
);

interface OrderOfPanel {
  order: Order;
  tracker: () => WritingTracker;
}

function Panel(props: PanelProps & OrderOfPanel) {
  const { order, connection, edits, tracker, actions, edit, close } = props;
  const { orderId, title, status, customerId, quantity, estimatedDate, rush, dateIssued, closedAt } = order;
  const now = useMinute();
  const history = useHistory(orderId, order.revision);
  const link = useTrackingLink(orderId);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.focus({ preventScroll: true });
    document.querySelector(`.columns [data-order="${CSS.escape(orderId)}"]`)?.scrollIntoView({ block: 'nearest' });
  }, [orderId]);
  const since = inStageSince(history.entries);
  const message = history.entries.find((entry) => entry.message !== undefined);
  return (
    <section className="panel" aria-label={title}>
      <div className="panel-head">
        <p className="panel-line">
          <span className="mono">{orderId}</span>
          {rush && <RushTag />}
          {connection !== 'live' && (
            <span className="badge panel-badge" data-link={connection}>
              <ConnectionSign connection={connection} />
              <strong>{words.link.states[connection]}</strong>
            </span>
          )}
          {closedAt === undefined && (
            <button
              className="button button-quiet button-icon"
              aria-label={words.panel.edit}
              onClick={() => {
                edit(order);
              }}
            >
              <Icon name="edit" />
            </button>
          )}
          <button
            className="button button-quiet button-icon"
            aria-label={words.panel.print}
            onClick={() => {
              print();
            }}
          >
            <Icon name="print" />
          </button>
          <CloseButton close={close} />
        </p>
        <h2 className="title" ref={heading} tabIndex={-1}>
          {title}
        </h2>
        <p className="panel-line panel-stage">
          <Patch status={status} />
          <b>{words.stages[status].name}</b>
          <span className="sep">
            {closedAt === undefined
              ? since !== undefined && words.panel.since(dates.moment(since, now))
              : words.panel.closedSince(dates.moment(closedAt, now))}
          </span>
        </p>
        <ol className="steps-row" data-stage={stageNumber(status)} aria-hidden="true">
          {ORDER_STATUSES.map((step) => (
            <li
              key={step}
              className={step === status ? 'now' : stageNumber(step) < stageNumber(status) ? 'done' : ''}
            />
          ))}
        </ol>
      </div>
      <div className="panel-body">
        <dl className="facts">
          <dt>{words.fields.customerId}</dt>
          <dd>{customerId}</dd>
          <dt>{words.fields.quantity}</dt>
          <dd>{dates.number(quantity)}</dd>
          <dt>{words.fields.estimatedDate}</dt>
          <dd>
            <DueText expected={estimatedDate} />
            {estimatedDate !== undefined && <span className="hint">{dates.day(estimatedDate, now)}</span>}
          </dd>
          <dt>{words.panel.placed}</dt>
          <dd>{dates.day(dateIssued, now)}</dd>
        </dl>
        <section className="section">
          <h3>
            {words.panel.history}{' '}
            {history.entries.length > 0 && (
              <small>{words.panel.changes(history.entries.length - (history.isAll ? 0 : 1), history.isAll)}</small>
            )}
          </h3>
          <Timeline entries={history.entries} isAll={history.isAll} />
          {!history.isAll && history.entries.length > 0 && (
            <button className="button button-quiet older" onClick={history.readOlder}>
              {words.panel.older}
            </button>
          )}
          {history.hasFailed && <p role="alert">{words.panel.notRead}</p>}
        </section>
        {closedAt === undefined && (
          <>
            <TextToPeople
              kind="message"
              last={message?.message}
              lastAt={message?.timestamp}
              save={(text) => edits.change(tracker(), order, {}, { message: text })}
            />
            <TextToPeople kind="note" save={(text) => edits.change(tracker(), order, {}, { note: text })} />
          </>
        )}
        <TrackingLinkSection link={link} edits={edits} />
      </div>
      <PanelFoot {...props} actions={actions} />
      <JobTicket order={order} url={link.url} />
    </section>
  );
}

/** The next step of the order as one large button, everything else in the menu. */
function PanelFoot({ order, tracker, edits, actions }: Pick<PanelProps, 'edits' | 'actions'> & OrderOfPanel) {
  const next = ORDER_STATUSES[stageNumber(order.status)];
  const isClosed = order.closedAt !== undefined;
  const label = isClosed
    ? words.panel.reopen
    : next
      ? words.panel.moveOn(words.stages[next].place)
      : words.panel.closeOrder;
  const act = () => {
    if (isClosed) edits.reopen(tracker(), order);
    else if (next) edits.move(tracker(), [order], next);
    else edits.close(tracker(), [order]);
  };
  return (
    <div className="panel-foot">
      <button className="button button-main" onClick={act}>
        {label}
        {!isClosed && <Icon name={next ? 'arrow' : 'check'} />}
      </button>
      {!isClosed && (
        <button
          className="button button-icon"
          aria-label={words.panel.more}
          onClick={({ currentTarget }) => {
            actions.openMenu(order.orderId, currentTarget);
          }}
        >
          <Icon name="more" />
        </button>
      )}
    </div>
  );
}
