import '../list/list-view.css';
import './own-orders.css';
import { useOrders } from '@galley/client/react';
import { useFeedNews } from '../orders/feed-news.js';
import { ConnectionBadge } from '../link/connection-badge.js';
import { OrderRow, RowHead } from '../list/order-row.js';
import { Icon } from '../marks/icon.js';
import { signInWith } from '../page/identity.js';
import { words } from '../page/page.js';

/** What a customer sees: their own open orders, to read. */
export function OwnOrders() {
  const state = useOrders({ open: true });
  const news = useFeedNews(state.tracker, state.connection);
  return (
    <div className="own-orders">
      <header className="bar">
        <h1 className="wordmark">
          <Icon name="mark" />
          <span>{words.signIn.yourOrders}</span>
        </h1>
        <ConnectionBadge state={state} news={news} />
        <button
          className="button"
          onClick={() => {
            signInWith(undefined);
          }}
        >
          {words.bar.signOut}
        </button>
      </header>
      <main className="list" aria-busy={!state.isComplete}>
        <RowHead last={words.list.changed} />
        <ol className="plain">
          {state.orders.map((order) => (
            <li key={order.orderId} className="own-order">
              <OrderRow order={order} isOpen={false} isTabStop={false} />
            </li>
          ))}
        </ol>
        {state.isComplete && state.orders.length === 0 && <p className="empty">{words.list.nothing}</p>}
      </main>
    </div>
  );
}
