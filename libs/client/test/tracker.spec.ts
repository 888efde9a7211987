import { describe, expect, it } from '@jest/globals';
import { settled } from './virtual-clock.js';
import { calmDown, IDS, startWorld } from './world.js';

describe('a tracker', () => {
  it('shows neither too early nor too late that an order has left and come back', async () => {
    const { server, tracker } = startWorld({ isOpenOnly: true });
    server.write('a1', 'status');
    server.connect();
    server.deliver(1);
    server.pages.read();
    server.pages.respond();
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

  it('says with which gateway it is connected, and keeps that until it is connected with another one', async () => {
    const { server, tracker } = startWorld();
    const gateway = () => tracker.getSnapshot().gateway;
    expect(gateway()).toBeUndefined();
    server.connect();
    server.deliver(1);
    expect(gateway()).toBe('model');
    server.cut();
    server.gateway = 'another';
    expect(gateway()).toBe('model');
    server.connect();
    expect(gateway()).toBe('model');
    server.deliver(1);
    expect(gateway()).toBe('another');
    tracker.stop();
    expect(gateway()).toBe('another');
    await settled();
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
      server.pages.read();
      server.repeat(0);
      server.deliver(1);
      server.pages.respond();
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
        server.pages.read();
        server.pages.respond();
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
    expect(tracker.getSnapshot()).toMatchObject({ connection: 'offline', isComplete: false });
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
    await calmDown(world);
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
    server.pages.read();
    server.pages.respond();
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
    server.pages.read();
    server.pages.respond();
    await settled();
    expect(state()).toBe('live');
  });

  it('is offline with its orders once it is stopped, and aborts the request of a page', async () => {
    const world = startWorld();
    const { server, tracker, clock } = world;
    server.write('a1', 'status');
    server.publish(1);
    server.connect();
    server.deliver(1);
    server.pages.read();
    tracker.stop();
    server.pages.respond();
    await clock.advance(60_000);
    expect(tracker.getSnapshot()).toMatchObject({ connection: 'offline', orders: [] });
    expect(server.idle).toBe(true);
    tracker.start();
    await calmDown(world);
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
    server.pages.read();
    server.pages.respond();
    await clock.advance(10_000);
    server.beat();
    server.deliver(1);
    await clock.advance(12_499);
    expect([server.reconnects, tracker.getSnapshot().connection]).toEqual([0, 'live']);
    await clock.advance(1);
    expect([server.reconnects, tracker.getSnapshot().connection]).toEqual([1, 'stale']);
  });
});
