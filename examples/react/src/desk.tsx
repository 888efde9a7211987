import { useState } from 'react';
import { ORDER_STATUSES, type Order, type Write } from '@galley/client';
import { useConnection, useOrders } from '@galley/client/react';
import { PlaceOrder } from './place-order';

/** Places orders, and moves them from stage to stage. */
export function Desk() {
  const connection = useConnection();
  const { orders, pending, refused, tracker } = useOrders({ open: true });
  const [last, setLast] = useState<Write>();

  const next = ({ status }: Order) => ORDER_STATUSES[ORDER_STATUSES.indexOf(status) + 1];
  // Shown at once, saved in the background. If somebody was faster, it is taken back, and `refused` has it.
  function moveOn(order: Order) {
    const status = next(order);
    setLast(status ? tracker.current.move(order.orderId, status) : tracker.current.close(order.orderId));
  }
  function undo() {
    if (last) tracker.current.undo(last);
    setLast(undefined);
  }

  return (
    <>
      <h1>Order desk</h1>
      <p role="status">
        {connection}, {pending.length} to save
      </p>
      <PlaceOrder place={(order) => tracker.current.place(order)} />
      {refused.map(({ write, error }) => (
        <p role="alert" key={write.id}>
          {write.orderId}: {error.message} <button onClick={() => tracker.current.dismiss(write)}>OK</button>
        </p>
      ))}
      <button disabled={!last} onClick={undo}>
        Undo
      </button>
      <ul>
        {orders.map((order) => (
          <li key={order.orderId}>
            {order.title}, {order.quantity} copies: {order.status}{' '}
            <button onClick={() => moveOn(order)}>{next(order) ?? 'Close'}</button>
          </li>
        ))}
      </ul>
    </>
  );
}
