import './refusals.css';
import { useRef, useSyncExternalStore } from 'react';
import { type Order, type OrderFields, type OrderStatus, type RefusedEdit } from '@galley/client';
import { useOrder } from '@galley/client/react';
import { type FeedNews } from '../orders/feed-news.js';
import { Icon } from '../marks/icon.js';
import { useNow } from '../page/now.js';
import { nameOf } from '../page/identity.js';
import { dates, words } from '../page/page.js';
import { useClearOfCards } from './clear-of-cards.js';
import { Difference } from './difference.js';
import { type Edits, type WritingTracker } from './edits.js';

type DismissingTracker = WritingTracker & { dismiss: (write: RefusedEdit['write']) => void };

type ToRefusal = (edit: RefusedEdit, order: Order | undefined, tracker: () => DismissingTracker) => React.ReactNode;

interface RefusalsProps {
  refused: readonly RefusedEdit[];
  orders: readonly Order[];
  tracker: () => DismissingTracker;
  edits: Edits;
  news: FeedNews;
}

/** The edits of this page that were not saved, with what is true now and what can be done. */
export function Refusals({ refused, orders, tracker, edits, news }: RefusalsProps) {
  // Another dialog may have taken or given back the edits that it shows itself.
  useSyncExternalStore(edits.subscribe, () => edits.toast);
  const followed = useSyncExternalStore(edits.subscribe, () => edits.followed);
  const shown = refused.filter(({ write }) => !edits.isInDialog(write));
  const place = useRef<HTMLElement>(null);
  useClearOfCards(
    place,
    shown.map(({ orderId }) => orderId),
  );
  const find = (id: string) => orders.find(({ orderId }) => orderId === id);
  const toRefusal: ToRefusal = (edit, order, tracker) => (
    <Refusal
      key={edit.write.id}
      edit={edit}
      order={order}
      who={nameOf(news.lastChanges.get(edit.orderId)?.actor, 'first') ?? words.people.somebody}
      letGo={() => {
        tracker().dismiss(edit.write);
      }}
      saveMine={(order, fields) => {
        tracker().dismiss(edit.write);
        edits.change(tracker(), order, fields, edits.textsOf(edit.write));
      }}
      edits={edits}
    />
  );
  return (
    <section ref={place} className="refusals" aria-label={words.refusal.region}>
      {shown.map((edit) => toRefusal(edit, find(edit.orderId), tracker))}
      {followed.map((orderId) => (
        <RefusalsOfOne key={orderId} orderId={orderId} toRefusal={toRefusal} />
      ))}
    </section>
  );
}

/** What the tracker of one order could not save. It also keeps that tracker, which ends with its last component. */
function RefusalsOfOne({ orderId, toRefusal }: { orderId: string; toRefusal: ToRefusal }) {
  const { order, refused, tracker } = useOrder(orderId);
  return refused.map((edit) => toRefusal(edit, order, () => tracker.current));
}

interface RefusalProps {
  edit: RefusedEdit;
  order: Order | undefined;
  /** Who has changed the order last. */
  who: string;
  letGo: () => void;
  saveMine: (order: Order, fields: OrderFields) => void;
  edits: Edits;
}

function Refusal(props: RefusalProps) {
  const { edit, order, who, letGo, saveMine, edits } = props;
  const now = useNow();
  const { refusal } = edit.error;
  const text = words.refusal;
  const is = refusal.reason === 'conflict' ? refusal.now : order;
  const title = is?.title ?? edit.orderId;
  const when = is ? dates.inSentence(is.updatedAt, now) : '';
  if (is?.closedAt !== undefined || edit.error.code === 'order_closed') return <RefusalOfClosed {...props} />;
  if (edit.error.reason === 'gone') return <RefusalOfAbsent {...props} />;
  if (refusal.reason === 'conflict') {
    const { yours, now: current } = refusal;
    const isMove = yours.status !== undefined;
    const stage = (status: OrderStatus) => words.stages[status];
    const says = isMove ? text.movedBy(who, stage(current.status).place, when) : text.changedBy(who, when);
    return (
      <Notice
        sign="swap"
        tone="warn"
        title={title}
        says={says}
        more={isMove ? text.yoursWas(stage(yours.status ?? current.status).name) : ''}
      >
        <Difference yours={yours} now={current} texts={edits.textsOf(edit.write)} />
        <div className="acts">
          <button className="button" onClick={letGo}>
            {isMove ? text.keep(stage(current.status).name) : text.keepTheirs}
          </button>
          <button
            className="button button-quiet"
            onClick={() => {
              saveMine(current, yours);
            }}
          >
            {isMove ? text.moveTo(stage(yours.status ?? current.status).name) : text.applyMine}
          </button>
        </div>
      </Notice>
    );
  }
  const isSignedOut = edit.error.reason === 'unauthenticated' && edit.type === 'change';
  return (
    <PlainRefusal {...props} title={title} says={sentenceOf(edit, title)}>
      {order && isSignedOut && (
        <button
          className="button button-quiet"
          onClick={() => {
            saveMine(order, edit.fields);
          }}
        >
          {text.applyMine}
        </button>
      )}
    </PlainRefusal>
  );
}

type PlainRefusalProps = RefusalProps & { title: string; says: string; children?: React.ReactNode };

/** There may be nothing to do but to know it. What was written can still be copied. */
const PlainRefusal = ({ edit, letGo, edits, title, says, children }: PlainRefusalProps) => (
  <Notice sign="no" tone="bad" title={title} says={says} more={detailOf(edit)}>
    <Difference yours={edit.fields} texts={edits.textsOf(edit.write)} />
    <div className="acts">
      <button className="button" onClick={letGo}>
        {words.refusal.dismiss}
      </button>
      {children}
    </div>
  </Notice>
);

/** The board has no such order any more: it was closed or deleted, and only a tracker of this one order can tell which. */
function RefusalOfAbsent(props: RefusalProps) {
  const { orderId } = props.edit;
  const { order, connection } = useOrder(orderId);
  if (order) return <RefusalOfClosed {...props} />;
  const says = words.refusal[connection === 'live' ? 'gone' : 'notSaved'](orderId);
  return <PlainRefusal {...props} title={orderId} says={says} />;
}

/** Somebody has closed the order meanwhile. Only a tracker of this one order knows it still, and can open it again. */
function RefusalOfClosed({ edit, who, letGo, edits }: RefusalProps) {
  const { order, tracker } = useOrder(edit.orderId);
  const now = useNow();
  const text = words.refusal;
  const when = order ? dates.inSentence(order.closedAt ?? order.updatedAt, now) : '';
  const texts = edits.textsOf(edit.write);
  const hasMore = Object.keys({ ...edit.fields, ...texts }).some((name) => name !== 'closed');
  const reopen = (closed: Order) => {
    edits.reopen(tracker.current, closed, { fields: edit.fields, texts });
    letGo();
  };
  return (
    <Notice
      sign="no"
      tone="bad"
      title={order?.title ?? edit.orderId}
      says={text.closedBy(who, when)}
      more={text.closedHint}
    >
      {order && <Difference yours={edit.fields} now={order} texts={texts} />}
      <div className="acts">
        {hasMore && (
          <button
            className="button"
            disabled={!order}
            onClick={() => {
              if (order) reopen(order);
            }}
          >
            {text.reopenAndEdit}
          </button>
        )}
        <button className="button button-quiet" onClick={letGo}>
          {text.letGo}
        </button>
      </div>
    </Notice>
  );
}

function sentenceOf({ error: { reason } }: RefusedEdit, title: string): string {
  const text = words.refusal;
  if (reason === 'forbidden') return text.forbidden;
  return reason === 'unauthenticated' ? text.unauthenticated : text.notSaved(title);
}

function detailOf({ error: { refusal, message } }: RefusedEdit): string {
  if (refusal.reason === 'invalid') return refusal.errors.map((error) => error.message).join('. ');
  return refusal.reason === 'refused' ? message : '';
}

interface NoticeProps {
  sign: 'no' | 'swap';
  tone: 'bad' | 'warn';
  title: string;
  says: string;
  more: string;
  children: React.ReactNode;
}

const Notice = ({ sign, tone, title, says, more, children }: NoticeProps) => (
  <div className={`notice notice-${tone}`} role="alert">
    <Icon name={sign} />
    <span>
      <span className="notice-title">{title}</span>
      <b>{says}</b> {more}
    </span>
    {children}
  </div>
);
