import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Order, type OrderUpdateEvent } from '@galley/contracts';
import { ServerModel, unavailable } from './server-model.js';
import { settled, VirtualClock } from './virtual-clock.js';
import { createTracker, type OrdersState, type Tracker } from '../src/tracker.js';

const IDS = ['a1', 'b1', 'c2', 'd2', 'e3', 'f4', 'g5', 'h6', 'i7'];
const FIELDS = ['status', 'closed', 'title', 'delete', 'status', 'closed', 'closed'] as const;

/** How often each step is taken, compared to the others. */
const WEIGHTS = {
  ...{ write: 8, publish: 6, deliver: 6, connect: 4, read: 6, respond: 6, beat: 1, tick: 1 },
  ...{ cut: 1, fail: 1, repeat: 2, drop: 1, lose: 1, trim: 1, stop: 1, start: 2, toggleLive: 1 },
};
type Kind = keyof typeof WEIGHTS;

/** Each step uses `n` in its own way. */
const step = fc.record({
  kind: fc.oneof(
    ...(Object.keys(WEIGHTS) as Kind[]).map((kind) => ({ arbitrary: fc.constant(kind), weight: WEIGHTS[kind] })),
  ),
  n: fc.nat(99),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

interface Tracked {
  /** The one order that is tracked; if absent, all that match. */
  followed?: string;
  isOpenOnly?: boolean;
}

function startWorld({ followed, isOpenOnly = false }: Tracked = {}) {
  const clock = new VirtualClock();
  const server = new ServerModel(followed, isOpenOnly);
  if (followed !== undefined) server.write(followed, 'status');
  const tracker: Tracker<OrdersState, OrderUpdateEvent> = createTracker({
    clock,
    transport: server,
    fetchPage: server.fetchPage,
    jitter: () => 0.5,
    offlineAfterMs: 5_000,
    ...(isOpenOnly && { matches: ({ closedAt }: Order) => closedAt === undefined }),
    viewOf: (book, { connection, position }) => ({ connection, orders: book.list(), position }),
    ...(followed !== undefined && {
      fetchOrder: async (signal) => (await server.fetchPage(undefined, signal)).orders[0],
    }),
  });
  return { clock, server, tracker, isOpenOnly };
}
type World = ReturnType<typeof startWorld>;

/** What a program knows that only listens to the events. Fails if a change comes twice, too late, or too early. */
function listen({ tracker, isOpenOnly }: World): ReadonlyMap<string, number> {
  const revisions = new Map<string, number>();
  tracker.on('resync', ({ added, changed, removed }) => {
    for (const { orderId } of added) expect(revisions.has(orderId)).toBe(false);
    for (const { orderId, revision } of changed) expect(revisions.get(orderId)).toBeLessThanOrEqual(revision);
    for (const { orderId } of removed) expect(revisions.delete(orderId)).toBe(true);
    for (const { orderId, revision } of [...added, ...changed]) revisions.set(orderId, revision);
  });
  tracker.on('created', ({ orderId, revision }) => {
    expect([revisions.get(orderId), revision]).toEqual([undefined, 1]);
    revisions.set(orderId, revision);
  });
  tracker.on('updated', ({ orderId, revision, closedAt }) => {
    const leaves = isOpenOnly && closedAt !== undefined;
    // An order that is opened again may never have been known.
    const before = isOpenOnly && !leaves ? (revisions.get(orderId) ?? revision - 1) : revisions.get(orderId);
    expect(before).toBe(revision - 1);
    if (leaves) revisions.delete(orderId);
    else revisions.set(orderId, revision);
  });
  tracker.on('deleted', ({ orderId, revision }) => {
    expect(revisions.get(orderId)).toBe(revision - 1);
    revisions.delete(orderId);
  });
  return revisions;
}

async function take({ kind, n }: Step, { server, clock, tracker }: World, ids: string[], noted: Noted): Promise<void> {
  if (kind === 'write') {
    const orderId = ids[n % ids.length] ?? '';
    const revision = server.write(orderId, FIELDS[n % FIELDS.length] ?? 'status');
    const change = `${orderId} ${revision ?? ''}`;
    if (revision !== undefined) {
      noted.unseen.add(change);
      void tracker.when(orderId, revision).then(() => noted.unseen.delete(change));
    }
  }
  if (kind === 'publish') server.publish((n % 3) + 1);
  if (kind === 'deliver') server.deliver((n % 4) + 1);
  if (kind === 'connect') server.connect();
  if (kind === 'cut') server.cut();
  if (kind === 'read') server.read();
  if (kind === 'respond') server.respond();
  if (kind === 'fail') server.respond(unavailable());
  if (kind === 'tick') await clock.advance(n * 100);
  if (kind === 'beat') server.beat();
  if (kind === 'toggleLive') server.toggleLive();
  if (kind === 'repeat') server.repeat(n);
  if (kind === 'drop') noted.dropped.add(server.drop() ?? '');
  if (kind === 'lose') server.lose(n % 3);
  if (kind === 'trim') server.trim();
  if (kind === 'stop') tracker.stop();
  if (kind === 'start') tracker.start();
  await settled();
}
interface Noted {
  /** Changes that `when` has not resolved for. */
  unseen: Set<string>;
  /** Orders with a lost change. Only a later change can reveal that. */
  dropped: Set<string>;
}

async function calmDown(
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
      server.read();
      server.respond();
      await settled();
    }
    await clock.advance(1_000);
    const { connection, orders } = tracker.getSnapshot();
    if (server.idle && connection === 'live' && JSON.stringify(orders) === JSON.stringify(server.orders())) return;
  }
}

async function live(steps: Step[], tracked: Tracked = {}): Promise<void> {
  const world = startWorld(tracked);
  const revisions = listen(world);
  const noted: Noted = { unseen: new Set(), dropped: new Set() };
  for (const each of steps) await take(each, world, tracked.followed === undefined ? IDS : [tracked.followed], noted);
  await calmDown(world, noted.dropped);

  const orders: Order[] = world.server.orders();
  expect(world.tracker.getSnapshot()).toMatchObject({ connection: 'live' });
  expect(world.tracker.getSnapshot().orders).toEqual(orders);
  expect(new Map(revisions)).toEqual(new Map(orders.map(({ orderId, revision }) => [orderId, revision])));
  expect([...noted.unseen]).toEqual([]);
}

describe('a tracker', () => {
  it('equals the server in the end, whatever happens, and sends each change once and in order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 80, size: 'max' }), (steps) => live(steps)),
      { numRuns: 1_000 },
    );
  });

  it('equals the server in the end if it follows one order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => live(steps, { followed: 'a1' })),
      { numRuns: 300 },
    );
  });

  it('equals the server in the end if it tracks the open orders, which leave and come back', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 80, size: 'max' }), (steps) => live(steps, { isOpenOnly: true })),
      { numRuns: 500 },
    );
  });

  it('shows neither too early nor too late that an order has left and come back', async () => {
    const { server, tracker } = startWorld({ isOpenOnly: true });
    server.write('a1', 'status');
    server.connect();
    server.deliver(1);
    server.read();
    server.respond();
    await settled();
    const shown = () => tracker.getSnapshot().orders.map(({ orderId, revision }) => `${orderId} ${revision}`);
    const steps = ['closed', 'closed', 'title', 'closed', 'delete'] as const;
    const seen = steps.map((field) => {
      server.write('a1', field);
      server.publish(9);
      server.deliver(9);
      return shown();
    });
    expect(seen).toEqual([[], ['a1 3'], ['a1 4'], [], []]);
  });

  it.each([false, true])(
    'does not show again what the server has no more when a change comes twice (open orders only: %j)',
    async (isOpenOnly) => {
      const { server, tracker, clock } = startWorld({ isOpenOnly });
      server.write('b1', 'status');
      server.connect();
      server.publish(1);
      server.write('b1', isOpenOnly ? 'closed' : 'delete');
      server.lose(1);
      server.deliver(3);
      await clock.advance(1_000);
      server.read();
      server.repeat(0);
      server.deliver(1);
      server.respond();
      await settled();
      expect(tracker.getSnapshot()).toMatchObject({ connection: 'live', orders: [] });
      expect(server.orders()).toEqual([]);
    },
  );

  it('needs no page twice if the connection is lost during a snapshot', async () => {
    const { server, tracker, clock } = startWorld();
    for (const id of IDS) server.write(id, 'status');
    server.publish(9);
    server.connect();
    server.deliver(1);
    let pages = 0;
    const read = async (count: number) => {
      for (let i = 0; i < count; i++) {
        server.read();
        server.respond();
        pages++;
        await settled();
      }
    };
    await read(2);
    server.write('a1', 'title');
    server.publish(9);
    server.deliver(1);
    server.cut();
    server.write('b1', 'delete');
    server.publish(9);
    expect(tracker.getSnapshot()).toMatchObject({ connection: 'offline', orders: [] });
    server.connect();
    await read(2);
    server.deliver(9);
    await read(1);
    expect(server.idle).toBe(true);
    expect(pages).toBe(Math.ceil(IDS.length / 2));
    expect(tracker.getSnapshot()).toMatchObject({ connection: 'live', orders: server.orders() });

    server.lose(0);
    server.deliver(1);
    await clock.advance(1_000);
    await read(1);
    server.cut();
    await read(4);
    expect(tracker.getSnapshot()).toMatchObject({ connection: 'stale', orders: server.orders() });
  });

  it('is a store: one object until something changes, one call for all changes that come together', async () => {
    const world = startWorld();
    const { server, clock, tracker } = world;
    for (const id of IDS) server.write(id, 'status');
    await calmDown(world, []);
    const before = tracker.getSnapshot();
    let notices = 0;
    const unsubscribe = tracker.subscribe(() => notices++);
    server.beat();
    server.deliver(1);
    await clock.advance(0);
    expect(notices).toBe(0);
    expect(tracker.getSnapshot()).toBe(before);

    for (let i = 0; i < 100; i++) server.write('a1', 'status');
    server.publish(100);
    server.deliver(100);
    expect(notices).toBe(0);
    await clock.advance(0);
    expect(notices).toBe(1);
    const after = tracker.getSnapshot();
    expect(after).not.toBe(before);
    expect(after.orders.filter((order) => !before.orders.includes(order))).toEqual([server.store.get('a1')]);
    expect(tracker.getSnapshot()).toBe(after);

    unsubscribe();
    server.cut();
    await clock.advance(0);
    expect(notices).toBe(1);
  });

  it('is live, then stale, then offline, and catches up before it is live again', async () => {
    const { server, clock, tracker } = startWorld();
    const state = () => tracker.getSnapshot().connection;
    expect(state()).toBe('offline');
    server.connect();
    expect(state()).toBe('catching-up');
    server.deliver(1);
    server.read();
    server.respond();
    await settled();
    expect(state()).toBe('live');
    server.cut();
    expect(state()).toBe('stale');
    await clock.advance(4_999);
    expect(state()).toBe('stale');
    await clock.advance(1);
    expect(state()).toBe('offline');
    server.connect();
    expect(state()).toBe('catching-up');
    server.deliver(1);
    server.read();
    server.respond();
    await settled();
    expect(state()).toBe('live');
  });

  it('is offline with its orders once it is stopped, and aborts the request of a page', async () => {
    const { server, tracker, clock } = startWorld();
    server.write('a1', 'status');
    server.publish(1);
    server.connect();
    server.deliver(1);
    server.read();
    tracker.stop();
    server.respond();
    await clock.advance(60_000);
    expect(tracker.getSnapshot()).toMatchObject({ connection: 'offline', orders: [] });
    expect(server.idle).toBe(true);
    tracker.start();
    await calmDown({ server, tracker, clock }, []);
    expect(tracker.getSnapshot().orders).toEqual(server.orders());
    tracker.stop();
    expect(tracker.getSnapshot()).toMatchObject({ connection: 'offline', orders: server.orders() });
    tracker.close();
    expect(() => {
      tracker.start();
    }).toThrow('The tracker is closed');
  });

  it('gives up a connection that is silent for two and a half heartbeats', async () => {
    const { server, clock, tracker } = startWorld();
    server.write('a1', 'status');
    server.publish(1);
    server.connect();
    server.deliver(1);
    server.read();
    server.respond();
    await clock.advance(10_000);
    server.beat();
    server.deliver(1);
    await clock.advance(12_499);
    expect([server.reconnects, tracker.getSnapshot().connection]).toEqual([0, 'live']);
    await clock.advance(1);
    expect([server.reconnects, tracker.getSnapshot().connection]).toEqual([1, 'stale']);
  });
});
