import { type Order, type OrderUpdateEvent } from '@galley/contracts';
import { type TrackerParts } from '../src/tracker.js';
import { ordersState, type OrdersState } from '../src/tracker-state.js';
import { createWritingTracker, type EditsState, type WritingTracker } from '../src/writing-tracker.js';
import { ServerModel } from './server-model.js';
import { settled, VirtualClock } from './virtual-clock.js';
import { WriteModel } from './write-model.js';

export const IDS = ['a1', 'b1', 'c2', 'd2', 'e3', 'f4', 'g5', 'h6', 'i7'];

export interface Tracked {
  /** The one order that is tracked; if absent, all that match. */
  followed?: string;
  isOpenOnly?: boolean;
}

/** A tracker, its server, and the time. */
export function startWorld({ followed, isOpenOnly = false }: Tracked = {}) {
  const clock = new VirtualClock();
  const server = new ServerModel(followed, isOpenOnly);
  const writes = new WriteModel(server);
  if (followed !== undefined) server.write(followed, 'status');
  const parts: TrackerParts<OrdersState> = {
    clock,
    transport: server,
    fetchPage: server.pages.fetchPage,
    jitter: () => 0.5,
    offlineAfterMs: 5_000,
    ...(isOpenOnly && { matches: ({ closedAt }: Order) => closedAt === undefined }),
    stateOf: ordersState,
    ...(followed !== undefined && {
      fetchOrder: async (signal) => (await server.pages.fetchPage(undefined, signal)).orders[0],
    }),
  };
  const tracker: WritingTracker<OrdersState & EditsState, OrderUpdateEvent> = createWritingTracker(parts, writes);
  return { clock, server, writes, tracker, isOpenOnly };
}
export type World = ReturnType<typeof startWorld>;

/** Lets everything arrive, until the tracker equals the server or does not get there. */
export async function calmDown(
  { server, writes, clock, tracker }: World,
  dropped: Iterable<string> = [],
): Promise<void> {
  tracker.start();
  server.isTokenExpired = false;
  for (const orderId of dropped) if (server.store.has(orderId)) server.write(orderId, 'title');
  for (let round = 0; round < 100; round++) {
    for (let request = 0; request < 5; request++) {
      writes.carryOut();
      writes.answer();
      writes.arriveLate();
      await settled();
    }
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
    const { connection, orders, pending } = tracker.getSnapshot();
    const isIdle = server.idle && writes.idle && pending.length === 0 && connection === 'live';
    if (isIdle && JSON.stringify(orders) === JSON.stringify(server.orders())) return;
  }
}
