import './board.css';
import '../style/phone.css';
import { memo, Suspense, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { type Order } from '@galley/client';
import { useOrders } from '@galley/client/react';
import { ConnectionBadge } from '../link/connection-badge.js';
import { Edits } from '../moves/edits.js';
import { Refusals } from '../moves/refusals.js';
import { Toast } from '../moves/toast.js';
import { useFeedNews } from '../orders/feed-news.js';
import { usePaced } from '../orders/paced.js';
import { countByFilter, filterOrders, sortOrders } from '../orders/shown-orders.js';
import { FailureBoundary } from '../page/failure-boundary.js';
import { useAddress } from '../page/address.js';
import { useMinute } from '../page/now.js';
import { dates } from '../page/page.js';
import { Bar } from './bar.js';
import { ColumnsView } from './columns-view.js';
import { OpenedPart, type Opened } from './opened.js';
import { usePageKeys } from './page-keys.js';
import { ClosedOrders, ListView, OrderPanel, readAhead } from './parts.js';
import { StageTabs } from './stage-tabs.js';
import { Tools } from './tools.js';
import { useUnsavedWarning } from './unsaved-warning.js';
import { NOTHING_PICKED, useOrderActions } from './use-order-actions.js';

/** The shortest time between two renderings of changes that others make: the glides of one end before those of the next begin. */
const PAUSE_MS = 400;

const toId = ({ orderId }: Order) => orderId;

/** All open orders of the shop, and everything that can be done with them. */
export function Board() {
  const latest = useOrders({ open: true });
  // What this page itself does is shown at once.
  const state = usePaced(latest, PAUSE_MS, latest.pending.map(({ write }) => write.id).join());
  return <BoardOf state={state} />;
}

const BoardOf = memo(function BoardOf({ state }: { state: ReturnType<typeof useOrders> }) {
  const { orders, tracker, connection, isComplete } = state;
  const [edits] = useState(() => new Edits());
  const news = useFeedNews(tracker, connection, edits);
  useEffect(() => {
    news.rendered();
  }, [news, orders]);
  const [address, go] = useAddress();
  const [opened, setOpened] = useState<Opened>();
  /** Some of them may have been closed or deleted since. */
  const [everPicked, setPicked] = useState(NOTHING_PICKED);
  const searchField = useRef<HTMLInputElement>(null);
  const now = useMinute();
  const { sort, filter, q } = address;
  const shown = useMemo(() => {
    const calendar = { dates, now };
    return sortOrders(filterOrders(orders, { sort, filter, q }, calendar), sort, calendar);
  }, [orders, sort, filter, q, now]);
  const counts = useMemo(() => countByFilter(orders, { dates, now }), [orders, now]);

  const picked = useMemo(
    () => (everPicked.size === 0 ? everPicked : new Set(orders.map(toId).filter((id) => everPicked.has(id)))),
    [everPicked, orders],
  );
  const isUnsaved = state.pending.length > 0;
  useUnsavedWarning(isUnsaved);
  const actions = useOrderActions({ orders, picked, setPicked, setOpened, go, edits, tracker });
  const dismiss = useCallback(() => {
    setOpened(undefined);
  }, []);
  const closePanel = useCallback(() => {
    const { order } = address;
    go({ order: undefined });
    if (order !== undefined) document.querySelector<HTMLElement>(`[data-order="${CSS.escape(order)}"]`)?.focus();
  }, [address, go]);
  usePageKeys({
    search: () => {
      searchField.current?.focus();
      searchField.current?.select();
    },
    undo: () => {
      edits.undo();
    },
    newOrder: () => {
      setOpened({ part: 'new' });
    },
    escape: () => {
      if (picked.size > 0) setPicked(NOTHING_PICKED);
      else closePanel();
    },
  });
  useEffect(readAhead, []);

  // Sorted by date, each page that is read would push cards about.
  const isLoading = !isComplete && (orders.length === 0 || sort === 'due');
  const view = { shown, address, go, news, actions, pending: state.pending, picked };
  return (
    <div className={`app${address.order === undefined ? '' : ' has-panel'}`}>
      <Bar
        address={address}
        go={go}
        searchField={searchField}
        badge={<ConnectionBadge state={state} news={news} />}
        newOrder={() => {
          setOpened({ part: 'new' });
        }}
      />
      <Tools
        address={address}
        go={go}
        counts={counts}
        picked={picked}
        isUnsaved={isUnsaved}
        movePicked={(status) => {
          for (const orderId of [...picked].slice(0, 1)) actions.move(orderId, status);
        }}
        closePicked={() => {
          for (const orderId of [...picked].slice(0, 1)) actions.closeOrder(orderId);
        }}
        letGo={() => {
          setPicked(NOTHING_PICKED);
        }}
        orders={orders}
        edits={edits}
        tracker={() => tracker.current}
      />
      {address.view === 'columns' && <ColumnsView {...view} all={orders} isLoading={isLoading} edits={edits} />}
      <FailureBoundary about={`${address.view} ${address.order ?? ''}`}>
        <Suspense>
          {address.view === 'list' && <ListView {...view} isLoading={isLoading} />}
          {address.view === 'closed' && <ClosedOrders q={q} open={actions.open} current={address.order} />}
          {address.view === 'columns' && <StageTabs orders={shown} />}
          {address.order !== undefined && (
            <OrderPanel
              key={address.order}
              orderId={address.order}
              orders={orders}
              isComplete={isComplete}
              listTracker={() => tracker.current}
              edits={edits}
              connection={connection}
              actions={actions}
              edit={(order) => {
                setOpened({ part: 'edit', order });
              }}
              close={closePanel}
            />
          )}
        </Suspense>
      </FailureBoundary>
      <Refusals refused={state.refused} orders={orders} tracker={() => tracker.current} edits={edits} news={news} />
      <Toast edits={edits} />
      {opened && (
        <FailureBoundary about={opened}>
          <OpenedPart
            opened={opened}
            dismiss={dismiss}
            actions={actions}
            orders={orders}
            edits={edits}
            tracker={() => tracker.current}
            removed={(orderId) => {
              if (address.order === orderId) go({ order: undefined });
            }}
          />
        </FailureBoundary>
      )}
    </div>
  );
});
