import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ORDER_STATUSES, type Order } from '@galley/contracts';
import { type Write, WriteError } from '../src/index.js';
import { unavailable } from './server-model.js';
import { settled } from './virtual-clock.js';
import { calmDown, IDS, startWorld, type Tracked, type World } from './world.js';
import { FORBIDDEN_NOTE, WRONG_TITLE } from './write-model.js';

const FIELDS = ['status', 'closed', 'title', 'delete', 'status', 'closed', 'closed'] as const;

/** How often each step is taken, compared to the others. */
const WEIGHTS = {
  // What others write, and how it arrives.
  ...{ write: 6, publish: 6, deliver: 6, connect: 4, read: 6, respond: 6, beat: 1, tick: 3 },
  ...{ cut: 1, fail: 1, repeat: 2, drop: 1, lose: 1, trim: 1, toggleLive: 1, expire: 1 },
  // The program.
  ...{ edit: 8, together: 3, undo: 5, stop: 1, start: 2, startTwice: 1 },
  // What becomes of its requests.
  ...{ carryOut: 6, answer: 4, loseRequest: 3, busy: 1, arriveLate: 2 },
  // Several steps that often follow each other.
  ...{ exchange: 6, hear: 4 },
};
type Kind = keyof typeof WEIGHTS;

/** Each step uses `n` in its own way. */
const step = fc.record({
  kind: fc.oneof(
    ...(Object.keys(WEIGHTS) as Kind[]).map((kind) => ({ arbitrary: fc.constant(kind), weight: WEIGHTS[kind] })),
  ),
  n: fc.nat(99),
});
/** @property isCalm whether it begins with a live tracker that shows some orders */
const history = (maxLength: number) =>
  fc.record({ isCalm: fc.boolean(), steps: fc.array(step, { maxLength, size: 'max' }) });
type History = ReturnType<typeof history> extends fc.Arbitrary<infer T> ? T : never;

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

interface Observed {
  ids: readonly string[];
  /** Changes that `when` has not resolved for. */
  unseen: Set<string>;
  /** Orders with a lost change. Only a later change can reveal that. */
  dropped: Set<string>;
  /** The edit that each undo is of. */
  undone: Map<Write, Write>;
  /** How each edit of the program has ended; undefined while it has not. */
  edits: Map<Write, Order | WriteError | 'gone' | undefined>;
}

const observe = (ids: readonly string[]): Observed => ({
  ids,
  unseen: new Set(),
  dropped: new Set(),
  undone: new Map(),
  edits: new Map(),
});

function observeEdit(write: Write, { edits }: Observed): void {
  edits.set(write, undefined);
  void write.saved.then(
    (order) => edits.set(write, order ?? 'gone'),
    (error: unknown) => edits.set(write, error as WriteError),
  );
}

const EDITS: ((tracker: World['tracker'], orderId: string, n: number) => Write)[] = [
  ({ place }, orderId) => place({ orderId, customerId: 'ana', title: 'Placed', quantity: 1 }),
  ({ move }, orderId, n) => move(orderId, ORDER_STATUSES[n % ORDER_STATUSES.length] ?? 'Delivery', { message: `${n}` }),
  ({ move }, orderId, n) => move(orderId, ORDER_STATUSES[n % ORDER_STATUSES.length] ?? 'Delivery'),
  ({ change }, orderId, n) =>
    change(orderId, { title: `Title of mine ${n}`, estimatedDate: n % 2 ? null : '2026-12-24' }),
  ({ change }, orderId) => change(orderId, { title: WRONG_TITLE }),
  ({ change }, orderId) => change(orderId, { quantity: 9 }, { note: FORBIDDEN_NOTE }),
  ({ close }, orderId) => close(orderId),
  ({ change }, orderId) => change(orderId, { closed: false }),
  ({ remove }, orderId) => remove(orderId),
];

function undoOne({ tracker }: World, observed: Observed, n: number): void {
  const writes = [...observed.edits.keys()];
  // The newest ones first: an old one is rarely left as it was.
  const write = writes.at(-1 - (n % 3));
  if (!write) return;
  try {
    const undo = tracker.undo(write);
    observeEdit(undo, observed);
    observed.undone.set(undo, write);
  } catch (error) {
    expect(error).toBeInstanceOf(TypeError); // it has placed or removed an order
  }
}

const STEPS: Record<Kind, (world: World, n: number, observed: Observed) => unknown> = {
  write: ({ server, tracker }, n, { ids, unseen }) => {
    const orderId = ids[n % ids.length] ?? '';
    const revision = server.write(orderId, FIELDS[n % FIELDS.length] ?? 'status');
    if (revision === undefined) return;
    const change = `${orderId} ${revision}`;
    unseen.add(change);
    void tracker.when(orderId, revision).then(() => unseen.delete(change));
  },
  publish: ({ server }, n) => {
    server.publish((n % 3) + 1);
  },
  deliver: ({ server }, n) => {
    server.deliver((n % 4) + 1);
  },
  connect: ({ server }) => {
    server.connect();
  },
  cut: ({ server }) => {
    server.cut();
  },
  read: ({ server }) => {
    server.pages.read();
  },
  respond: ({ server }) => {
    server.pages.respond();
  },
  fail: ({ server }) => {
    server.pages.respond(unavailable());
  },
  tick: ({ clock }, n) => clock.advance(n * 100),
  beat: ({ server }) => {
    server.beat();
  },
  toggleLive: ({ server }) => {
    server.toggleLive();
  },
  repeat: ({ server }, n) => {
    server.repeat(n);
  },
  drop: ({ server }, _n, { dropped }) => dropped.add(server.drop() ?? ''),
  lose: ({ server }, n) => {
    // Half of the epochs end while the client is away.
    if (n % 2 === 0) server.cut();
    server.lose(n % 3);
  },
  trim: ({ server }) => {
    server.trim();
  },
  expire: ({ server }) => {
    // The token ends while the page is asleep, and later there is a new one.
    server.isTokenExpired = !server.isTokenExpired;
    server.cut();
  },
  edit: ({ tracker }, n, observed) => {
    const edit = EDITS[n % EDITS.length];
    const at = Math.floor(n / EDITS.length);
    const { orders } = tracker.getSnapshot();
    const ids = edit === EDITS[0] || orders.length === 0 ? observed.ids : orders.map(({ orderId }) => orderId);
    if (edit) observeEdit(edit(tracker, ids[at % ids.length] ?? '', n), observed);
  },
  together: (world, n, observed) => {
    world.tracker.batch(() => {
      for (let i = 0; i < 3; i++) STEPS.edit(world, (n + 37 * i) % 100, observed);
    });
  },
  undo: (world, n, observed) => {
    undoOne(world, observed, n);
  },
  stop: ({ tracker }) => {
    tracker.stop();
  },
  start: ({ tracker }) => {
    tracker.start();
  },
  startTwice: ({ tracker }) => {
    tracker.start();
    tracker.stop();
    tracker.start();
  },
  carryOut: ({ writes }) => {
    writes.carryOut();
  },
  answer: ({ writes }) => {
    writes.answer();
  },
  loseRequest: ({ writes }) => {
    writes.lose();
  },
  busy: ({ writes }) => {
    writes.busy();
  },
  arriveLate: ({ writes }) => {
    writes.arriveLate();
  },
  exchange: ({ writes }) => {
    writes.carryOut();
    writes.answer();
  },
  hear: ({ server }) => {
    server.publish(99);
    server.deliver(99);
  },
};

/** What is true at every moment. */
function expectHonestState({ tracker }: World, { edits }: Observed): void {
  const { pending, orders } = tracker.getSnapshot();
  const open = [...edits].filter(([, end]) => end === undefined).map(([write]) => write);
  expect(pending.map(({ write }) => write)).toEqual(open);
  const shown = new Map(orders.map((order) => [order.orderId, order.revision]));
  for (const [{ orderId }, end] of edits) {
    if (!end || end === 'gone' || end instanceof WriteError || open.some((write) => write.orderId === orderId))
      continue;
    expect(shown.get(orderId) ?? Infinity).toBeGreaterThanOrEqual(end.revision);
  }
}

/** The undos that had nothing to do, because the edit was not stored, or has changed no field. */
function needlessUndos({ stored, unchanged }: World['writes'], undone: Observed['undone']): Set<string> {
  const needless = new Set<string>();
  for (const [undo, { id }] of undone) if (!stored.has(id) || unchanged.has(id)) needless.add(undo.id);
  return needless;
}

/** Each edit was stored exactly once, or its program was told why it was not. */
function expectEveryEditEnded({ writes }: World, { edits, undone }: Observed): void {
  const needless = needlessUndos(writes, undone);
  const ids = new Set([...edits.keys()].map(({ id }) => id));
  expect([...writes.stored.keys()].filter((key) => !ids.has(key))).toEqual([]);
  for (const [{ id }, end] of edits) {
    const stored = writes.stored.get(id) ?? [];
    expect(end).toBeDefined();
    if (end instanceof WriteError || needless.has(id)) expect(stored).toEqual([]);
    else if (writes.unchanged.has(id)) expect(stored.length).toBeLessThanOrEqual(1);
    else expect(stored).toHaveLength(1);
    if (end instanceof Object && !(end instanceof WriteError) && stored.length === 1)
      expect(stored).toEqual([end.revision]);
  }
}

async function live({ isCalm, steps }: History, tracked: Tracked = {}): Promise<void> {
  const world = startWorld(tracked);
  const revisions = listen(world);
  if (isCalm) {
    for (const id of ['a1', 'b1', 'c2'])
      if (!world.server.isTaken(id) && tracked.followed === undefined) world.server.write(id, 'status');
    await calmDown(world);
  }
  const observed = observe(tracked.followed === undefined ? IDS : [tracked.followed]);
  for (const { kind, n } of steps) {
    await STEPS[kind](world, n, observed);
    await settled();
    expectHonestState(world, observed);
  }
  await calmDown(world, observed.dropped);

  const orders: Order[] = world.server.orders();
  const { connection, orders: shown, pending } = world.tracker.getSnapshot();
  expect({ connection, shown, pending }).toEqual({ connection: 'live', shown: orders, pending: [] });
  expect(new Map(revisions)).toEqual(new Map(orders.map(({ orderId, revision }) => [orderId, revision])));
  expect([...observed.unseen]).toEqual([]);
  expectEveryEditEnded(world, observed);
}

/** Its epoch ended during the first pages, and its second change was forgotten when the first one came again. */
const FOUND: History = {
  isCalm: false,
  steps: [
    ...(['connect', 'edit', 'exchange'] as const).map((kind) => ({ kind, n: 0 })),
    { kind: 'edit', n: 1 },
    ...(['exchange', 'hear'] as const).map((kind) => ({ kind, n: 0 })),
    { kind: 'lose', n: 57 },
    ...(['repeat', 'hear'] as const).map((kind) => ({ kind, n: 0 })),
  ],
};

/** A busy machine takes ten times as long as an idle one. */
const DEADLINE_MS = 180_000;

const histories = (tracked: Tracked, numRuns: number, maxLength: number) =>
  fc.assert(
    fc.asyncProperty(history(maxLength), (given) => live(given, tracked)),
    { numRuns, examples: [[FOUND]] },
  );

describe('a tracker equals the server in the end, whatever happens, and stores each edit once or says why not', () => {
  it(
    'if it tracks all orders',
    async () => {
      await histories({}, 1_000, 80);
    },
    DEADLINE_MS,
  );

  it(
    'if it tracks the open orders, which leave and come back',
    async () => {
      await histories({ isOpenOnly: true }, 700, 80);
    },
    DEADLINE_MS,
  );

  it(
    'if it follows one order',
    async () => {
      await histories({ followed: 'a1' }, 300, 60);
    },
    DEADLINE_MS,
  );
});
