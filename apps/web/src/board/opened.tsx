import { Suspense } from 'react';
import { type Order } from '@galley/client';
import { type Edits, type PlacingTracker } from '../moves/edits.js';
import { orderIdAt } from '../orders/holding.js';
import { type OrderActions } from '../orders/order-actions.js';
import { CardMenu } from './card-menu.js';
import { DeleteDialog, OrderDialog } from './parts.js';

/** What is open over the board: one thing at a time. */
export type Opened =
  | { part: 'new' }
  | { part: 'edit'; order: Order }
  | { part: 'delete'; order: Order }
  | { part: 'menu'; order: Order; opener: HTMLElement };

interface OpenedPartProps {
  opened: Opened;
  dismiss: () => void;
  actions: OrderActions;
  /** The open orders as they are now. */
  orders: readonly Order[];
  edits: Edits;
  tracker: () => PlacingTracker;
  /** Called when the order was deleted. */
  removed: (orderId: string) => void;
}

export function OpenedPart({ opened, dismiss, actions, orders, edits, tracker, removed }: OpenedPartProps) {
  if (opened.part === 'menu') {
    const { order, opener } = opened;
    const { orderId } = order;
    const isOfCard = orderIdAt(opener) !== undefined;
    const withId = (act: (orderId: string) => void) => () => {
      act(orderId);
    };
    return (
      <CardMenu
        order={order}
        opener={opener}
        dismiss={dismiss}
        move={(status) => {
          actions.move(orderId, status);
        }}
        edit={withId(actions.edit)}
        pick={isOfCard ? withId(actions.pick) : undefined}
        closeOrder={withId(actions.closeOrder)}
        remove={withId(actions.remove)}
      />
    );
  }
  return (
    <Suspense>
      {opened.part === 'delete' ? (
        <DeleteDialog
          order={opened.order}
          dismiss={dismiss}
          remove={() => {
            edits.remove(tracker(), opened.order);
            removed(opened.order.orderId);
          }}
          closeInstead={() => {
            edits.close(tracker(), [opened.order]);
          }}
        />
      ) : (
        <OrderDialog
          edits={edits}
          tracker={tracker}
          {...(opened.part === 'edit' && {
            order: opened.order,
            now: orders.find(({ orderId }) => orderId === opened.order.orderId),
          })}
          dismiss={dismiss}
        />
      )}
    </Suspense>
  );
}
