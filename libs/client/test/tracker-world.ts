import { type Order, type OrderUpdateEvent } from '@galley/contracts';
import { createTracker, type OrdersState, type Tracker } from '../src/tracker.js';
import { ServerModel } from './server-model.js';
import { settled, VirtualClock } from './virtual-clock.js';

/** The ids of the orders of these tests. */
export const IDS = ['a1', 'b1', 'c2', 'd2', 'e3', 'f4', 'g5', 'h6', 'i7'];
export interface Tracked {
  /** The one order that is tracked; if absent, all that match. */
  followed?: string;
  isOpenOnly?: boolean;
}

/** A tracker of a server in memory, on virtual time. */
export function startWorld({ followed, isOpenOnly = false }: Tracked = {}) {
  const clock = new VirtualClock();
  const server = new ServerModel(followed, isOpenOnly);
  if (followed !== undefined) server.write(followed, 'status');
  const tracker: Tracker<OrdersState, OrderUpdateEvent> = createTracker({
    clock,
    transport: server,
    fetchPage: server.pages.fetchPage,
    jitter: () => 0.5,
    offlineAfterMs: 5_000,
    ...(isOpenOnly && { matches: ({ closedAt }: Order) => closedAt === undefined }),
    viewOf: (book, { connection, position }) => ({ connection, orders: book.list(), position }),
    ...(followed !== undefined && {
      fetchOrder: async (signal) => (await server.pages.fetchPage(undefined, signal)).orders[0],
    }),
  });
  return { clock, server, tracker, isOpenOnly };
}
export type World = ReturnType<typeof startWorld>;

/** Makes steps without faults until the tracker is live and equals the server. */
export async function calmDown(
  { server, clock, tracker }: Omit<World, 'isOpenOnly'>,
  dropped: Iterable<string>,
): Promise<void> {
  tracker.start();
  for (const orderId of dropped) if (server.store.has(orderId)) server.write(orderId, 'title');
  for (let round = 0; round < 100; round++) {
    server.publish(Infinity);
    server.connect();
    server.beLive();
    server.deliver(1_000);
    await settled();
    for (let page = 0; page < 5; page++) {
      server.pages.read();
      server.pages.respond();
      await settled();
    }
    await clock.advance(1_000);
    const { connection, orders } = tracker.getSnapshot();
    if (server.idle && connection === 'live' && JSON.stringify(orders) === JSON.stringify(server.orders())) return;
  }
}
