import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Order } from '@galley/contracts';
import { unavailable } from './server-model.js';
import { calmDown, IDS, startWorld, type Tracked, type World } from './tracker-world.js';
import { settled } from './virtual-clock.js';

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
  if (kind === 'read') server.pages.read();
  if (kind === 'respond') server.pages.respond();
  if (kind === 'fail') server.pages.respond(unavailable());
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
});
