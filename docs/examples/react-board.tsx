import { memo, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ORDER_STATUSES, type Order } from '@galley/client';
import { GalleyProvider, useConnection, useOrders } from '@galley/client/react';

/** Moves an order on to the next lane. */
async function moveOn({ orderId, status }: Order): Promise<void> {
  const next = ORDER_STATUSES[ORDER_STATUSES.indexOf(status) + 1];
  const body = JSON.stringify(next === undefined ? { closed: true } : { status: next });
  await fetch(`/orders/${orderId}`, { method: 'PATCH', headers: { 'content-type': 'application/json' }, body });
}

/** `memo` renders a card only when its order has changed. */
const Card = memo(function Card({ order }: { order: Order }) {
  return (
    <li id={order.orderId}>
      {order.rush && '⚡ '}
      {order.title}, {order.quantity} copies <button onClick={() => void moveOn(order)}>Done</button>
    </li>
  );
});

function Board() {
  const { orders } = useOrders({ open: true });
  const hurriedFirst = [...orders].sort((a, b) => Number(b.rush ?? false) - Number(a.rush ?? false));
  return ORDER_STATUSES.map((status) => (
    <section key={status} title={status}>
      <h2>{status}</h2>
      <ul>
        {hurriedFirst
          .filter((order) => order.status === status)
          .map((order) => (
            <Card key={order.orderId} order={order} />
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
