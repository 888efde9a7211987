import { lazy } from 'react';

/** The parts of the board that its first sight does not need. The browser reads them once it has nothing else to do. */
const parts = {
  list: () => import('../list/list-view.js'),
  closed: () => import('../list/closed-orders.js'),
  panel: () => import('../order/order-panel.js'),
  dialogs: () => import('../order/dialogs.js'),
  demoDay: () => import('../demo/demo-day-button.js'),
};

export const ListView = lazy(async () => ({ default: (await parts.list()).ListView }));
export const ClosedOrders = lazy(async () => ({ default: (await parts.closed()).ClosedOrders }));
export const OrderPanel = lazy(async () => ({ default: (await parts.panel()).OrderPanel }));
export const OrderDialog = lazy(async () => ({ default: (await parts.dialogs()).OrderDialog }));
export const DeleteDialog = lazy(async () => ({ default: (await parts.dialogs()).DeleteDialog }));
export const DemoDayButton = lazy(async () => ({ default: (await parts.demoDay()).DemoDayButton }));

/** Reads all parts ahead, so that they are there when the server is away. */
export function readAhead(): void {
  const read = () => {
    for (const part of Object.values(parts)) void part().catch(() => undefined); // it is read again when it is needed
  };
  // Safari has no such call.
  if ('requestIdleCallback' in globalThis) requestIdleCallback(read);
  else setTimeout(read, 2_000);
}
