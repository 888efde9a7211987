import { memo, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ORDER_STATUSES, type Order, type OrdersTracker } from '@galley/client';
import { GalleyProvider, useConnection, useOrders, type TrackerRef } from '@galley/client/react';

interface CardProps {
  order: Order;
  tracker: TrackerRef<OrdersTracker>;
}

/** `memo` renders a card only when its order has changed. */
const Card = memo(function Card({ order, tracker }: CardProps) {
  const next = ORDER_STATUSES[ORDER_STATUSES.indexOf(order.status) + 1];
  // Shown at once, saved in the background.
  const moveOn = () => (next ? tracker.current.move(order.orderId, next) : tracker.current.close(order.orderId));
  return (
    <li id={order.orderId}>
      {order.rush && '⚡ '}
      {order.title}, {order.quantity} copies <button onClick={moveOn}>Done</button>
    </li>
  );
});

function Board() {
  const { orders, tracker } = useOrders({ open: true });
  const hurriedFirst = [...orders].sort((a, b) => Number(b.rush ?? false) - Number(a.rush ?? false));
  return ORDER_STATUSES.map((status) => (
    <section key={status} title={status}>
      <h2>{status}</h2>
      <ul>
        {hurriedFirst
          .filter((order) => order.status === status)
          .map((order) => (
            <Card key={order.orderId} order={order} tracker={tracker} />
          ))}
      </ul>
    </section>
  ));
}

function ConnectionNotice() {
  const connection = useConnection();
  return <p role="status">{connection === 'live' ? 'Live' : `What you see may be old: ${connection}`}</p>;
}

createRoot(document.getElementById('board')!).render(
  <StrictMode>
    <GalleyProvider url={location.origin}>
      <ConnectionNotice />
      <Board />
    </GalleyProvider>
  </StrictMode>,
);
