import './board.css';
import { memo, Suspense, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { type Order } from '@galley/client';
import { useOrders } from '@galley/client/react';
import { ConnectionBadge } from '../link/connection-badge.js';
import { Edits } from '../moves/edits.js';
import { Refusals } from '../moves/refusals.js';
import { Toast } from '../moves/toast.js';
import { useAddress } from '../page/address.js';
import { useMinute } from '../page/now.js';
import { dates } from '../page/page.js';
import { ClosedOrders, DeleteDialog, ListView, OrderDialog, OrderPanel, readAhead } from './parts.js';
import '../style/phone.css';
import { Bar } from './bar.js';
import { CardMenu } from './card-menu.js';
import { ColumnsView } from './columns-view.js';
import { useFeedNews } from '../orders/feed-news.js';
import { orderIdAt } from '../orders/holding.js';
import { usePaced } from '../orders/paced.js';
import { usePageKeys } from './page-keys.js';
import { countByFilter, filterOrders, sortOrders } from '../orders/shown-orders.js';
import { StageTabs } from './stage-tabs.js';
import { Tools } from './tools.js';
import { type OrderActions } from '../orders/order-actions.js';

/** What is open over the board. */
type Opened =
  | { dialog: 'new' }
  | { dialog: 'edit'; order: Order }
  | { dialog: 'delete'; order: Order }
  | { dialog: 'menu'; order: Order; opener: HTMLElement };

const NOTHING_PICKED: ReadonlySet<string> = new Set();

/** The shortest time between two renderings of changes that others make. */
const PAUSE_MS = 50;

/** All open orders of the shop, and everything that can be done with them. */
export function Board() {
  const state = usePaced(useOrders({ open: true }), PAUSE_MS);
  return <BoardOf state={state} />;
}

const BoardOf = memo(function BoardOf({ state }: { state: ReturnType<typeof useOrders> }) {
  const { orders, tracker, connection, isComplete } = state;
  const [edits] = useState(() => new Edits());
  const isOwn = useCallback(
    (orderId: string, revision: number) => edits.isOwn(tracker.current, orderId, revision),
    [edits, tracker],
  );
  const news = useFeedNews(tracker, connection, isOwn);
  const [address, go] = useAddress();
  const [opened, setOpened] = useState<Opened>();
  const [picked, setPicked] = useState(NOTHING_PICKED);
  const searchField = useRef<HTMLInputElement>(null);
  const now = useMinute();
  const { sort, filter, q } = address;
  const shown = useMemo(() => {
    const calendar = { dates, now };
    return sortOrders(filterOrders(orders, { sort, filter, q }, calendar), sort, calendar);
  }, [orders, sort, filter, q, now]);
  const counts = useMemo(() => countByFilter(orders, { dates, now }), [orders, now]);

  const latest = useRef({ orders, picked });
  useLayoutEffect(() => {
    latest.current = { orders, picked };
  });
  const actions = useMemo((): OrderActions => {
    const find = (orderId: string) => latest.current.orders.filter((order) => order.orderId === orderId);
    /** All that are picked, if this is one of them. */
    const those = (orderId: string) => {
      const { orders, picked } = latest.current;
      return picked.has(orderId) ? orders.filter((order) => picked.has(order.orderId)) : find(orderId);
    };
    const withOrder = (orderId: string, act: (order: Order) => void) => {
      find(orderId).slice(0, 1).forEach(act);
    };
    return {
      move: (orderId, status) => {
        edits.move(tracker.current, those(orderId), status);
        setPicked(NOTHING_PICKED);
      },
      closeOrder: (orderId) => {
        edits.close(tracker.current, those(orderId));
        setPicked(NOTHING_PICKED);
      },
      open: (orderId) => {
        go({ order: orderId });
      },
      edit: (orderId) => {
        withOrder(orderId, (order) => {
          setOpened({ dialog: 'edit', order });
        });
      },
      remove: (orderId) => {
        withOrder(orderId, (order) => {
          setOpened({ dialog: 'delete', order });
        });
      },
      openMenu: (orderId, opener) => {
        withOrder(orderId, (order) => {
          setOpened({ dialog: 'menu', order, opener });
        });
      },
      pick: (orderId) => {
        setPicked((before) => {
          const after = new Set(before);
          if (!after.delete(orderId)) after.add(orderId);
          return after;
        });
      },
    };
  }, [edits, tracker, go]);

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
      setOpened({ dialog: 'new' });
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
          setOpened({ dialog: 'new' });
        }}
      />
      <Tools
        address={address}
        go={go}
        counts={counts}
        picked={picked}
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
      {address.view === 'columns' && <ColumnsView {...view} all={orders} isLoading={isLoading} />}
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
              setOpened({ dialog: 'edit', order });
            }}
            close={closePanel}
          />
        )}
      </Suspense>
      <Refusals refused={state.refused} orders={orders} tracker={() => tracker.current} edits={edits} news={news} />
      <Toast edits={edits} />
      {opened?.dialog === 'menu' && (
        <CardMenu
          order={opened.order}
          opener={opened.opener}
          dismiss={dismiss}
          move={(status) => {
            actions.move(opened.order.orderId, status);
          }}
          edit={() => {
            setOpened({ dialog: 'edit', order: opened.order });
          }}
          pick={
            orderIdAt(opened.opener) === undefined
              ? undefined
              : () => {
                  actions.pick(opened.order.orderId);
                }
          }
          closeOrder={() => {
            actions.closeOrder(opened.order.orderId);
          }}
          remove={() => {
            setOpened({ dialog: 'delete', order: opened.order });
          }}
        />
      )}
      <Suspense>
        {opened?.dialog === 'new' && <OrderDialog edits={edits} tracker={() => tracker.current} dismiss={dismiss} />}
        {opened?.dialog === 'edit' && (
          <OrderDialog edits={edits} tracker={() => tracker.current} order={opened.order} dismiss={dismiss} />
        )}
        {opened?.dialog === 'delete' && (
          <DeleteDialog
            order={opened.order}
            dismiss={dismiss}
            remove={() => {
              edits.remove(tracker.current, opened.order);
              if (address.order === opened.order.orderId) go({ order: undefined });
            }}
            closeInstead={() => {
              edits.close(tracker.current, [opened.order]);
            }}
          />
        )}
      </Suspense>
    </div>
  );
});
