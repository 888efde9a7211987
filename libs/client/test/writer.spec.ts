import { describe, expect, it } from '@jest/globals';
import { type Order } from '@galley/contracts';
import { TrackerError } from '../src/sync/tracker-error.js';
import { type Write, type WriteError } from '../src/index.js';
import { anOrder } from './server-model.js';
import { settled } from './virtual-clock.js';
import { calmDown, IDS, startWorld, type World } from './world.js';
import { WRONG_TITLE } from './write-model.js';

/** A live world with these orders. */
async function liveWith(...ids: string[]): Promise<World> {
  const world = startWorld({ isOpenOnly: true });
  for (const id of ids) world.server.write(id, 'status');
  await calmDown(world);
  return world;
}
/** What the API has carried out reaches the program, but not by the feed. */
async function answer({ writes }: World, requests = 1): Promise<void> {
  for (let i = 0; i < requests; i++) {
    writes.carryOut();
    writes.answer();
    await settled();
  }
}
async function hear({ server }: World): Promise<void> {
  server.publish(99);
  server.deliver(99);
  await settled();
}
const shown = ({ tracker }: World, orderId = 'a1'): Order | undefined =>
  tracker.getSnapshot().orders.find((order) => order.orderId === orderId);
const end = (write: Write) =>
  write.saved.then(
    (order) => order?.revision ?? 'removed',
    (error: unknown) => (error as WriteError).reason,
  );
const requests = ({ writes }: World) => writes.underWay;

describe('what is shown', () => {
  it('is the same object until the order or its edits change, and the confirmed list if there are none', async () => {
    const world = await liveWith('a1', 'b2');
    const { tracker } = world;
    const before = tracker.getSnapshot();
    tracker.move('a1', 'Packaging');
    const edited = tracker.getSnapshot();
    expect(edited.orders.find(({ orderId }) => orderId === 'b2')).toBe(
      before.orders.find(({ orderId }) => orderId === 'b2'),
    );
    world.server.write('b2', 'title');
    await hear(world);
    expect(shown(world)).toBe(edited.orders.find(({ orderId }) => orderId === 'a1'));
    await answer(world);
    const saved = shown(world);
    await hear(world);
    expect(shown(world)).toEqual(saved);
  });

  it('is computed anew: what others change shows through the fields that the edit leaves', async () => {
    const world = await liveWith('a1');
    world.tracker.move('a1', 'Delivery');
    world.server.write('a1', 'title');
    await hear(world);
    expect(shown(world)).toMatchObject({ status: 'Delivery', title: 'Title 2', revision: 2 });
  });

  it('has a new order once, also if the feed is faster than the answer', async () => {
    const world = await liveWith('a1');
    const write = world.tracker.place({ orderId: 'b9', customerId: 'ana', title: 'New', quantity: 1 });
    expect(world.tracker.getSnapshot().orders.map(({ orderId }) => orderId)).toEqual(['b9', 'a1']);
    world.writes.carryOut();
    await hear(world);
    expect(shown(world, 'b9')?.revision).toBe(1);
    world.writes.answer();
    expect(await end(write)).toBe(1);
    expect(world.tracker.getSnapshot().orders).toEqual(world.server.orders());
  });

  it('is what the API has acknowledged until the feed has it, and never goes back', async () => {
    const world = await liveWith('a1');
    const { tracker, server } = world;
    server.cut();
    const write = tracker.move('a1', 'Delivery');
    await answer(world);
    expect(tracker.getSnapshot()).toMatchObject({ pending: [], connection: 'stale' });
    expect([await end(write), shown(world)?.status]).toEqual([2, 'Delivery']);
    server.write('a1', 'title');
    server.publish(9);
    server.connect();
    const seen: unknown[] = [];
    for (let i = 0; i < 4; i++) {
      server.deliver(1);
      seen.push(shown(world)?.revision);
    }
    expect(seen).toEqual([2, 3, 3, 3]);
  });

  it('is what the API has acknowledged also if a snapshot arrives that was read before', async () => {
    const world = await liveWith('a1');
    const { tracker, server, writes, clock } = world;
    const write = tracker.move('a1', 'Delivery');
    writes.lose();
    server.lose(0);
    server.deliver(9);
    await clock.advance(1_000);
    server.pages.read();
    await clock.advance(4_000);
    await answer(world);
    expect([await end(write), shown(world)?.revision]).toEqual([2, 2]);
    server.pages.respond();
    await settled();
    expect(tracker.getSnapshot().connection).toBe('live');
    expect(shown(world)).toMatchObject({ revision: 2, status: 'Delivery' });
  });

  it('has an order that was placed with the second attempt, also if a snapshot came between', async () => {
    const world = await liveWith('a1');
    const { tracker, server, writes, clock } = world;
    const write = tracker.place({ orderId: 'b9', customerId: 'ana', title: 'New', quantity: 1 });
    writes.lose();
    server.lose(0);
    server.deliver(9);
    await clock.advance(1_000);
    server.pages.read();
    server.pages.respond();
    await clock.advance(4_000);
    await answer(world, 2);
    expect([await end(write), tracker.getSnapshot().pending]).toEqual([1, []]);
    expect(shown(world, 'b9')?.revision).toBe(1);
  });

  it('has no order that was placed with the first attempt and deleted since', async () => {
    const world = await liveWith('a1');
    const { tracker, server, writes, clock } = world;
    const write = tracker.place({ orderId: 'b9', customerId: 'ana', title: 'New', quantity: 1 });
    writes.carryOut();
    writes.lose();
    server.write('b9', 'delete');
    server.lose(9);
    server.deliver(9);
    await clock.advance(1_000);
    server.pages.read();
    server.pages.respond();
    await clock.advance(4_000);
    await answer(world, 2);
    expect(await end(write)).toBe(1);
    expect(shown(world, 'b9')).toBeUndefined();
  });

  it('has a placed order while the feed is away, and not for longer than the server', async () => {
    const world = await liveWith('a1');
    const { tracker, server } = world;
    server.cut();
    const write = tracker.place({ orderId: 'b9', customerId: 'ana', title: 'New', quantity: 1 });
    await answer(world);
    expect(await end(write)).toBe(1);
    expect(shown(world, 'b9')?.revision).toBe(1);
    server.write('b9', 'delete');
    server.lose(9);
    await calmDown(world);
    expect(tracker.getSnapshot().orders).toEqual(server.orders());
  });
});

describe('the edits of one order', () => {
  it('are sent one after another, each with the revision of the one before', async () => {
    const world = await liveWith('a1');
    const { tracker } = world;
    const edits = [tracker.move('a1', 'Packaging'), tracker.change('a1', { title: 'Mine' }), tracker.close('a1')];
    await settled();
    expect(requests(world)).toBe(1);
    await answer(world, 3);
    expect(await Promise.all(edits.map(end))).toEqual([2, 3, 4]);
  });

  it('are based on what a refused one was based on', async () => {
    const world = await liveWith('a1');
    const { tracker, server } = world;
    const wrong = tracker.change('a1', { title: '' });
    const next = tracker.move('a1', 'Packaging');
    await answer(world);
    await answer(world);
    expect([await end(wrong), await end(next)]).toEqual(['invalid', 2]);
    server.write('a1', 'title');
    const edits = [tracker.move('a1', 'Delivery'), tracker.change('a1', { quantity: 9 })];
    await answer(world, 4);
    expect(await Promise.all(edits.map(end))).toEqual(['conflict', 'conflict']);
    expect(shown(world)).toMatchObject({ revision: 3, status: 'Packaging', quantity: 500 });
  });

  it('are gone with an order that was not placed', async () => {
    const world = await liveWith('a1');
    const { tracker } = world;
    const placed = tracker.place({ orderId: 'a1', customerId: 'ana', title: 'Taken', quantity: 1 });
    const moved = tracker.move('a1', 'Delivery');
    await answer(world);
    expect([await end(placed), await end(moved)]).toEqual(['refused', 'gone']);
    expect(requests(world)).toBe(0);
  });
});

describe('an edit of an order whose last update came without all fields', () => {
  const follow = async () => {
    const world = startWorld({ followed: 'a1' });
    await calmDown(world);
    world.server.write('a1', 'title');
    await hear(world);
    expect(shown(world)).toMatchObject({ revision: 2, title: 'Annual report' });
    return world;
  };

  it('conflicts if it overwrites what was not seen', async () => {
    const world = await follow();
    const write = world.tracker.change('a1', { title: 'Mine' });
    await answer(world, 2);
    expect(await end(write)).toBe('conflict');
    expect(world.server.store.get('a1')?.title).toBe('Title 2');
  });

  it('conflicts if it undoes what somebody has overwritten unseen', async () => {
    const world = startWorld({ followed: 'a1' });
    await calmDown(world);
    const write = world.tracker.change('a1', { title: 'Mine' });
    await answer(world);
    world.server.write('a1', 'title');
    await hear(world);
    expect(shown(world)).toMatchObject({ revision: 3, title: 'Mine' });
    const undo = world.tracker.undo(write);
    await answer(world, 2);
    expect(await end(undo)).toBe('conflict');
    expect(world.server.store.get('a1')?.title).toBe('Title 3');
  });

  it('is stored if it changes what was seen', async () => {
    const world = await follow();
    const write = world.tracker.move('a1', 'Packaging');
    const next = world.tracker.move('a1', 'Delivery');
    await answer(world, 2);
    expect([await end(write), await end(next)]).toEqual([3, 4]);
  });
});

describe('an undo', () => {
  it('drops an edit that was not sent, wherever it is, and sends nothing', async () => {
    const world = await liveWith('a1');
    const { tracker } = world;
    const first = tracker.move('a1', 'Packaging');
    const second = tracker.change('a1', { quantity: 9 });
    const third = tracker.change('a1', { title: 'Mine' });
    const undo = tracker.undo(second);
    expect(shown(world)).toMatchObject({ status: 'Packaging', quantity: 500, title: 'Mine' });
    expect([await end(second), await end(undo)]).toEqual(['undone', 1]);
    await answer(world, 2);
    expect([await end(first), await end(third)]).toEqual([2, 3]);
    expect(tracker.getSnapshot().refused).toEqual([]);
  });

  it('of an edit that is under way follows it, and is needless if that is refused', async () => {
    const world = await liveWith('a1');
    const { tracker } = world;
    const write = tracker.move('a1', 'Packaging');
    const undo = tracker.undo(write);
    expect(shown(world)?.status).toBe('In Production');
    expect(tracker.getSnapshot().pending).toMatchObject([
      { type: 'change', fields: { status: 'Packaging' } },
      { type: 'undo', fields: { status: 'In Production' } },
    ]);
    await answer(world, 2);
    expect([await end(write), await end(undo)]).toEqual([2, 3]);
    const wrong = tracker.change('a1', { title: '' });
    const needless = tracker.undo(wrong);
    await answer(world);
    expect([await end(wrong), await end(needless), requests(world)]).toEqual(['invalid', 3, 0]);
  });

  it('is sent again for the newer revision if somebody has changed another field meanwhile', async () => {
    const world = await liveWith('a1');
    const { tracker, server } = world;
    const write = tracker.move('a1', 'Packaging');
    await answer(world);
    const undo = tracker.undo(write);
    server.write('a1', 'title');
    await answer(world, 3);
    expect(await end(undo)).toBe(4);
    expect(shown(world)).toMatchObject({ status: 'In Production', title: 'Title 3' });
  });

  it('of a close is refused if somebody has opened and closed the order since', async () => {
    const world = await liveWith('a1');
    const { tracker, server } = world;
    const write = tracker.close('a1');
    await answer(world);
    server.write('a1', 'closed');
    server.write('a1', 'closed');
    const undo = tracker.undo(write);
    expect(shown(world)).toBeDefined();
    await answer(world, 2);
    expect(await end(undo)).toBe('conflict');
    expect(shown(world)).toBeUndefined();
  });

  it('is refused without a request if the feed has told that somebody has changed its field', async () => {
    const world = await liveWith('a1', 'b2');
    const { tracker, writes, server, clock } = world;
    const moves = ['a1', 'b2'].map((id) => tracker.move(id, 'Packaging'));
    await answer(world, 2);
    const away = tracker.place({ customerId: 'ana', title: 'New', quantity: 1 });
    writes.lose();
    await settled();
    const told: (string | undefined)[] = [];
    tracker.on('refused', ({ orderId }) => told.push(`${orderId} ${shown(world, orderId)?.status ?? ''}`));
    const undos = moves.map((write) => tracker.undo(write));
    for (const id of ['a1', 'b2']) server.write(id, 'status');
    await hear(world);
    await clock.advance(5_000);
    expect(await Promise.all(undos.map(end))).toEqual(['conflict', 'conflict']);
    expect(requests(world)).toBe(1);
    expect(told).toEqual(['a1 In Printing', 'b2 In Printing']);
    await answer(world, 2);
    expect(await end(away)).toBe(1);
  });

  it('is sent for the newest revision that is known, also if the order has left the scope', async () => {
    const world = await liveWith('a1');
    const { tracker, server } = world;
    const write = tracker.move('a1', 'Packaging');
    await answer(world);
    server.commit('a1', { ...anOrder('a1'), ...server.store.get('a1'), closedAt: server.now() });
    await hear(world);
    expect(shown(world)).toBeUndefined();
    const undo = tracker.undo(write);
    // A PATCH that is refused with 412, the order as it is now, and a PATCH of that.
    await answer(world, 3);
    expect([await end(undo), requests(world)]).toEqual(['refused', 0]);
  });

  it('is refused as a TypeError if another tracker has made the edit', async () => {
    const world = await liveWith('a1');
    const write = (await liveWith('a1')).tracker.move('a1', 'Delivery');
    expect(() => world.tracker.undo(write)).toThrow(TypeError);
  });
});

describe('edits that cannot be stored now', () => {
  it('wait as long as the server asks, and are sent four at a time', async () => {
    const world = await liveWith(...IDS);
    const { tracker, writes, clock } = world;
    const edits = IDS.map((id) => tracker.move(id, 'Delivery'));
    await settled();
    expect(requests(world)).toBe(4);
    writes.lose(new TrackerError('Slow down', { code: 'too_many_requests', retryAfterMs: 20_000 }));
    writes.lose(new TrackerError('Busy', { code: 'unavailable', retryAfterMs: 1_000 }));
    for (let i = 0; i < 2; i++) writes.lose();
    await clock.advance(20_000);
    expect(requests(world)).toBe(0);
    expect(
      tracker
        .getSnapshot()
        .pending.map(({ problem }) => problem?.message)
        .slice(0, 5),
    ).toEqual([...['Slow down', 'Busy', 'The network is away', 'The network is away', undefined]]);
    await clock.advance(5_000);
    expect(requests(world)).toBe(4);
    await answer(world, IDS.length);
    expect(await Promise.all(edits.map(end))).toEqual(IDS.map(() => 2));
  });

  it('are sent soon after the connection is live again', async () => {
    const world = await liveWith('a1');
    const { tracker, writes, server, clock } = world;
    server.cut();
    const write = tracker.move('a1', 'Delivery');
    for (let i = 0; i < 5; i++) {
      await settled();
      writes.lose();
      await clock.advance(10_000);
    }
    writes.lose();
    await settled();
    expect(requests(world)).toBe(0);
    server.connect();
    server.deliver(9);
    await clock.advance(500);
    expect(requests(world)).toBe(1);
    await answer(world);
    expect(await end(write)).toBe(2);
  });

  it('may be stored although they are refused, if they were sent before', async () => {
    const world = await liveWith('a1', 'b2');
    const { tracker, writes, clock } = world;
    const refusalOf = (write: Write) => write.saved.catch((error: unknown) => (error as WriteError).refusal);
    const refuse = async (code?: string) => {
      writes.lose(new TrackerError('No', { permanent: true, ...(code !== undefined && { code }) }));
      await settled();
    };
    const fresh = tracker.move('b2', 'Delivery');
    await refuse('forbidden');
    expect(await refusalOf(fresh)).toEqual({ reason: 'forbidden', mayBeSaved: false });
    const codes = { forbidden: 'forbidden', signed_out: 'unauthenticated', none: 'refused' };
    for (const [code, reason] of Object.entries(codes)) {
      const write = tracker.change('a1', { title: code });
      writes.carryOut();
      writes.lose();
      await settled();
      await clock.advance(5_000);
      await refuse(code === 'none' ? undefined : code);
      expect(await refusalOf(write)).toEqual({ reason, mayBeSaved: true });
      await hear(world);
      expect(shown(world)?.title).toBe(code);
    }
  });

  it('end no program that does not look at their promises', async () => {
    const unhandled: unknown[] = [];
    const listener = (error: unknown) => unhandled.push(error);
    process.on('unhandledRejection', listener);
    const world = await liveWith('a1');
    world.tracker.change('a1', { title: '' });
    await answer(world);
    await settled();
    process.off('unhandledRejection', listener);
    expect([unhandled, world.tracker.getSnapshot().refused.length]).toEqual([[], 1]);
  });

  it('are the newest 20 of those that were refused', async () => {
    const world = await liveWith('a1');
    for (let i = 0; i < 25; i++) world.tracker.move(`none-${i}`, 'Delivery');
    const { refused } = world.tracker.getSnapshot();
    expect([refused.length, refused[0]?.orderId, refused.at(-1)?.orderId]).toEqual([20, 'none-5', 'none-24']);
  });
});

describe('close', () => {
  it('with an id closes the order, without one ends the tracker, with a missing one does neither', async () => {
    const { tracker } = await liveWith('a1');
    expect(() => tracker.close(undefined as unknown as string)).toThrow(
      new TypeError('To close an order, write its id; `close()` ends the tracker'),
    );
    expect(tracker.close('a1').orderId).toBe('a1');
    const placed = tracker.place({ orderId: 'b2', customerId: 'ana', title: 'New', quantity: 1 });
    const moved = tracker.move('b2', 'Delivery');
    tracker.close();
    expect(await Promise.all([placed, moved].map(end))).toEqual(['closed', 'closed']);
    expect(() => {
      tracker.start();
    }).toThrow('The tracker is closed');
  });
});

describe('edits that are made together', () => {
  it('are sent in one request, and those of others meanwhile by themselves', async () => {
    const world = await liveWith('a1', 'b2', 'c3');
    const { tracker, writes } = world;
    const made = tracker.batch(() => [
      tracker.move('a1', 'Delivery'),
      tracker.close('b2'),
      tracker.place({ orderId: 'b9', customerId: 'ana', title: 'New', quantity: 1 }),
    ]);
    expect(requests(world)).toBe(1);
    const single = tracker.remove('c3');
    expect(requests(world)).toBe(2);
    await answer(world);
    expect(await Promise.all(made.map(end))).toEqual([2, 2, 1]);
    expect(tracker.getSnapshot().pending).toHaveLength(1);
    await answer(world);
    expect(await end(single)).toBe('removed');
    expect(writes.underWay).toBe(0);
    await hear(world);
    expect(tracker.getSnapshot().orders).toEqual(world.server.orders());
  });

  it('are stored or refused each by itself, and a conflict tells how the order is now', async () => {
    const world = await liveWith('a1', 'b2', 'c3');
    const { tracker, server } = world;
    server.write('b2', 'status');
    const [moved, late, wrong] = tracker.batch(() => [
      tracker.move('a1', 'Delivery'),
      tracker.move('b2', 'Delivery'),
      tracker.change('c3', { title: WRONG_TITLE }),
    ]);
    await answer(world);
    expect(await end(moved as Write)).toBe(2);
    // What was refused is sent again alone, and then the order of the conflict is asked for.
    expect(requests(world)).toBe(2);
    await answer(world, 3);
    expect(await Promise.all([late, wrong].map((write) => end(write as Write)))).toEqual(['conflict', 'invalid']);
    expect(tracker.getSnapshot().refused.map(({ error }) => error.refusal)).toMatchObject([
      { reason: 'invalid' },
      { reason: 'conflict', yours: { status: 'Delivery' }, now: { orderId: 'b2', revision: 2 } },
    ]);
  });

  it('are sent again together, and stored once, if the answer is lost', async () => {
    const world = await liveWith('a1', 'b2');
    const { tracker, writes, clock } = world;
    const made = tracker.batch(() => ['a1', 'b2'].map((id) => tracker.move(id, 'Delivery')));
    writes.carryOut();
    writes.lose();
    await settled();
    expect(tracker.getSnapshot().pending.map(({ problem }) => problem?.message)).toEqual([
      'The network is away',
      'The network is away',
    ]);
    await clock.advance(4_000);
    expect(requests(world)).toBe(1);
    await answer(world);
    expect(await Promise.all(made.map(end))).toEqual([2, 2]);
    expect([...writes.stored.values()]).toEqual([[2], [2]]);
  });

  it('are sent one by one to an API that has no batches', async () => {
    const world = await liveWith('a1', 'b2');
    const { tracker, writes } = world;
    const made = tracker.batch(() => ['a1', 'b2'].map((id) => tracker.move(id, 'Delivery')));
    writes.lose(new TrackerError('There is no such route', { code: 'route_not_found', permanent: true }));
    await settled();
    expect(requests(world)).toBe(2);
    await answer(world, 2);
    expect(await Promise.all(made.map(end))).toEqual([2, 2]);
    expect(tracker.getSnapshot().refused).toEqual([]);
  });

  it('can be undone together, without a request for those that were refused', async () => {
    const world = await liveWith('a1', 'b2', 'c3');
    const { tracker } = world;
    const made = tracker.batch(() => [
      tracker.move('a1', 'Delivery'),
      tracker.change('b2', { title: WRONG_TITLE }),
      tracker.move('c3', 'Delivery'),
    ]);
    await answer(world, 2);
    const undos = tracker.batch(() => made.map((write) => tracker.undo(write)));
    expect(requests(world)).toBe(1);
    await answer(world);
    expect(await Promise.all(undos.map(end))).toEqual([3, 1, 3]);
  });

  it('go on if making one throws', async () => {
    const world = await liveWith('a1');
    const { tracker } = world;
    const fail = () =>
      tracker.batch(() => {
        tracker.move('a1', 'Delivery');
        throw new Error('of the program');
      });
    expect(fail).toThrow('of the program');
    expect(requests(world)).toBe(1);
    await answer(world);
    expect(tracker.getSnapshot().pending).toEqual([]);
  });
});
