import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import vm from 'node:vm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { mintToken } from '@galley/access';
import {
  trackOrder,
  trackOrders,
  type OrdersTracker,
  type TrackOrdersOptions,
  type WriteError,
  type WriteRefusal,
} from '@galley/client';
import { type OrderStatus } from '@galley/contracts';
import { EmbeddedRedis } from '@galley/embedded-redis';
import { OrdersClient, waitFor } from '@galley/testing';
import { startCluster, type TestCluster } from '../harness/cluster.js';
import { FaultProxy } from '../harness/fault-proxy.js';

let redis: EmbeddedRedis;
let cluster: TestCluster;
let proxy: FaultProxy;
const trackers: { close(): void }[] = [];

beforeAll(async () => {
  redis = await EmbeddedRedis.start();
  cluster = await startCluster({ redisUrl: redis.url });
});
beforeEach(async () => {
  proxy = await FaultProxy.start(cluster.url);
});
afterEach(async () => {
  for (const tracker of trackers.splice(0)) tracker.close();
  await proxy.close();
});
afterAll(async () => {
  await cluster.close();
  await redis.stop();
});

const track = <T extends { close(): void }>(tracker: T): T => {
  trackers.push(tracker);
  return tracker;
};
/** A tracker behind the proxy. Pauses only spread the load of many clients. */
const trackAll = (more: Partial<TrackOrdersOptions> = {}) =>
  track(trackOrders({ url: proxy.url, jitter: () => 0, ...more }));
const isLive = (tracker: { getSnapshot(): { connection: string } }) => tracker.getSnapshot().connection === 'live';
const live = async <T extends { getSnapshot(): { connection: string } }>(tracker: T): Promise<T> => {
  await waitFor(() => isLive(tracker), 'the tracker to be live');
  return tracker;
};
const shown = (tracker: OrdersTracker, orderId: string) =>
  tracker.getSnapshot().orders.find((order) => order.orderId === orderId);
const refusalOf = (saved: Promise<unknown>) =>
  saved.then(
    (order): WriteError => {
      throw new Error(`The edit was not refused: ${JSON.stringify(order)}`);
    },
    (error: unknown) => error as WriteError,
  );
const history = async (orderId: string) => (await cluster.orders.history(orderId)).body.history;
const statuses = async (orderId: string) => (await history(orderId)).map(({ status }) => status);
/** The tracker has the state of the store by the feed alone, so that nothing of its edits is left. */
const showsTheStore = async (tracker: OrdersTracker) => {
  const { body } = await cluster.orders.list({ limit: 200, open: 'true' });
  await waitFor(() => {
    expect(tracker.getSnapshot()).toMatchObject({ orders: body.orders, pending: [] });
    return true;
  }, 'the tracker to show the orders of the store');
};

let next = 0;
const place = async (status: OrderStatus = 'In Production') => {
  const orderId = `job-${++next}`;
  await cluster.orders.place({ orderId, status });
  return orderId;
};
/** A live tracker that shows a new order. */
const trackNew = async (more?: Partial<TrackOrdersOptions>) => {
  const orderId = await place();
  const tracker = await live(trackAll(more));
  await waitFor(() => shown(tracker, orderId) !== undefined, 'the new order');
  return { orderId, tracker };
};

describe('a write', () => {
  it('is shown at once, stored with its message and note, and confirmed by the feed', async () => {
    const tracker = await live(trackAll());
    const placed = tracker.place({ customerId: 'ana', title: 'Flyers', quantity: 10 }, { note: 'by phone' });
    const { orderId } = placed;
    expect(shown(tracker, orderId)).toMatchObject({ title: 'Flyers', status: 'In Production', revision: 0 });
    expect(tracker.getSnapshot().pending).toMatchObject([{ type: 'place', orderId, write: placed }]);
    expect((await placed.saved).revision).toBe(1);

    const changed = tracker.change(orderId, { quantity: 20, estimatedDate: '2026-12-24' }, { note: 'in a hurry' });
    const moved = tracker.move(orderId, 'In Printing', { message: 'On the press' });
    expect(shown(tracker, orderId)).toMatchObject({ quantity: 20, status: 'In Printing', revision: 1 });
    expect(await changed.saved).toMatchObject({ revision: 2, quantity: 20 });
    expect(await moved.saved).toMatchObject({ revision: 3, status: 'In Printing' });
    await tracker.change(orderId, { estimatedDate: null }).saved;
    await showsTheStore(tracker);

    const closed = tracker.close(orderId);
    expect(shown(tracker, orderId)).toBeUndefined();
    expect((await closed.saved).closedAt).toBeDefined();
    expect(await history(orderId)).toMatchObject([
      { note: 'by phone' },
      { note: 'in a hurry', quantity: 20 },
      { message: 'On the press', status: 'In Printing' },
      {},
      {},
    ]);
    await showsTheStore(tracker);
  });

  it('removes an order', async () => {
    const { orderId, tracker } = await trackNew();
    const removed = tracker.remove(orderId);
    expect(shown(tracker, orderId)).toBeUndefined();
    await expect(removed.saved).resolves.toBeUndefined();
    expect((await cluster.orders.get(orderId)).status).toBe(404);
    await showsTheStore(tracker);
  });

  it('leaves the scope that it is moved out of at once, and comes back if the edit is refused', async () => {
    const { orderId, tracker } = await trackNew({ status: 'In Production' });
    proxy.hold('toClient');
    await cluster.orders.change(orderId, { quantity: 7 });
    const { saved } = tracker.move(orderId, 'Packaging');
    expect(shown(tracker, orderId)).toBeUndefined();
    proxy.heal();
    expect((await refusalOf(saved)).reason).toBe('conflict');
    expect(shown(tracker, orderId)).toMatchObject({ status: 'In Production', quantity: 7 });
  });

  it('is one request with the others that are made together, and each has its own end', async () => {
    const asked: string[] = [];
    const counting: typeof fetch = (input, init) => {
      asked.push(`${init?.method} ${new URL(input).pathname}`);
      return fetch(input, init);
    };
    const [first, second, third] = [await place(), await place(), await place()];
    const tracker = await live(trackAll({ fetch: counting }));
    await waitFor(() => shown(tracker, third) !== undefined, 'the new orders');
    asked.length = 0;
    proxy.hold('toClient');
    await cluster.orders.change(second, { status: 'Delivery' });
    const writes = tracker.batch(() => [
      tracker.move(first, 'Packaging', { message: 'Nearly there' }),
      tracker.move(second, 'Packaging'),
      tracker.close(third),
    ]);
    expect(asked).toEqual([]);
    proxy.heal();
    const [moved, late, closed] = await Promise.allSettled(writes.map(({ saved }) => saved));
    expect([moved, closed]).toMatchObject([
      { value: { revision: 2, status: 'Packaging' } },
      { value: { revision: 2, closedAt: expect.any(String) } },
    ]);
    expect(late).toMatchObject({ reason: { refusal: { reason: 'conflict', now: { status: 'Delivery' } } } });
    // Only the one that was refused is asked for again.
    expect(asked).toEqual(['POST /batches', `PATCH /orders/${second}`, `GET /orders/${second}`]);
    await showsTheStore(tracker);
  });

  it('of a tracker of one order shows all fields of its answer', async () => {
    const orderId = await place();
    const tracker = await live(track(trackOrder(orderId, { url: proxy.url, jitter: () => 0 })));
    const titles = new Set<string | undefined>();
    tracker.subscribe(() => {
      titles.add(tracker.getSnapshot().order?.title);
    });
    await tracker.change(orderId, { title: 'New title' }).saved;
    await tracker.when(orderId, 2);
    expect(tracker.getSnapshot().order).toEqual((await cluster.orders.get(orderId)).body);
    tracker.remove(orderId);
    expect(tracker.getSnapshot()).toMatchObject({ order: undefined, deleted: true });
    await tracker.when(orderId, 3);
    expect([...titles]).toEqual(['New title', undefined]);
  });
});

describe('docs/CLIENT_SDK.md', () => {
  const manual = readFileSync('docs/CLIENT_SDK.md', 'utf8');

  it.each(['Writing', 'After a write'])('has an example that runs as printed: %s', async (section) => {
    const [, example = ''] = new RegExp(`^## ${section}\n.*?^\`\`\`js\n(.*?)^\`\`\``, 'ms').exec(manual) ?? [];
    const orderId = await place();
    const tracker = await live(trackAll());
    await waitFor(() => shown(tracker, orderId) !== undefined, 'the new order');
    const code = example.replaceAll('job-1', orderId);
    const program = vm.compileFunction(`return (async () => { ${code} })()`, ['tracker', 'url', 'headers', 'body'], {
      parsingContext: vm.createContext({ fetch, AbortSignal }),
    }) as (...given: unknown[]) => Promise<void>;
    const headers = { 'content-type': 'application/json' };
    await program(tracker, cluster.url, headers, JSON.stringify({ status: 'In Printing' }));
    expect(shown(tracker, orderId)).toMatchObject({ revision: 2, status: 'In Printing' });
  });

  it('names every reason of a refusal', () => {
    const reasons: WriteRefusal['reason'][] = ['conflict', 'gone', 'forbidden', 'unauthenticated'];
    for (const reason of [...reasons, 'invalid', 'refused', 'undone', 'closed']) {
      expect(manual).toMatch(new RegExp(`^\\| \`${reason}\` `, 'm'));
    }
  });
});

describe('a write whose answer is lost', () => {
  it.each(['POST', 'PATCH', 'DELETE'])('is stored once: %s', async (method) => {
    const { orderId: known, tracker } = await trackNew();
    proxy.dropReplies(new RegExp(`^${method} `, 'm'));
    const orderId = method === 'POST' ? `placed-${known}` : known;
    const { saved } =
      method === 'POST'
        ? tracker.place({ orderId, customerId: 'ana', title: 'Flyers', quantity: 10 })
        : method === 'PATCH'
          ? tracker.move(orderId, 'Packaging', { message: 'Nearly there' })
          : tracker.remove(orderId);
    await waitFor(() => tracker.getSnapshot().pending[0]?.problem !== undefined, 'an attempt without an answer');
    expect(tracker.getSnapshot().pending[0]?.problem?.message).toMatch(
      new RegExp(`^${method} http\\S+ cannot be sent`),
    );
    proxy.heal();
    await saved;
    if (method === 'DELETE') expect((await cluster.orders.get(orderId)).status).toBe(404);
    else expect(await history(orderId)).toHaveLength(method === 'POST' ? 1 : 2);
    await showsTheStore(tracker);
  });

  it('is not taken for the same change of somebody else', async () => {
    const { orderId, tracker } = await trackNew();
    proxy.hold('toClient');
    await cluster.orders.change(orderId, { status: 'Packaging' });
    const { saved } = tracker.move(orderId, 'Packaging');
    proxy.heal();
    const { reason, refusal } = await refusalOf(saved);
    expect([reason, refusal]).toEqual([
      'conflict',
      { reason, yours: { status: 'Packaging' }, now: (await cluster.orders.get(orderId)).body },
    ]);
    expect(await statuses(orderId)).toEqual(['In Production', 'Packaging']);
  });
});

describe('while the network is away', () => {
  it('edits wait, are shown, compose, and are stored once it is back', async () => {
    const { orderId, tracker } = await trackNew();
    proxy.resetAtAccept();
    await waitFor(() => !isLive(tracker), 'the loss of the connection');
    const first = tracker.change(orderId, { quantity: 7 });
    await waitFor(() => tracker.getSnapshot().pending[0]?.problem !== undefined, 'an attempt that has failed');
    const second = tracker.change(orderId, { title: 'Never sent' });
    const third = tracker.move(orderId, 'In Binding');
    expect(shown(tracker, orderId)).toMatchObject({
      quantity: 7,
      title: 'Never sent',
      status: 'In Binding',
      revision: 1,
    });
    await tracker.undo(second).saved;
    expect((await refusalOf(second.saved)).reason).toBe('undone');
    expect(shown(tracker, orderId)?.title).not.toBe('Never sent');
    expect(tracker.getSnapshot().pending.map(({ write }) => write)).toEqual([first, third]);
    proxy.heal();
    expect((await first.saved).revision).toBe(2);
    expect(await third.saved).toMatchObject({ revision: 3, quantity: 7, status: 'In Binding' });
    await showsTheStore(tracker);
  });

  it('edits are kept by a stop, and sent after a start', async () => {
    const { orderId, tracker } = await trackNew();
    tracker.stop();
    const { saved } = tracker.move(orderId, 'Delivery');
    expect(shown(tracker, orderId)?.status).toBe('Delivery');
    expect(await statuses(orderId)).toEqual(['In Production']);
    tracker.start();
    expect((await saved).revision).toBe(2);
  });

  it('what the API has acknowledged is saved, not pending, before the feed tells it', async () => {
    // The requests do not go through the proxy.
    const direct = (input: string | URL | Request, init?: RequestInit) =>
      fetch((input as string).replace(new URL(proxy.url).origin, cluster.url), init);
    const { orderId, tracker } = await trackNew({ fetch: direct });
    proxy.resetAtAccept();
    await waitFor(() => !isLive(tracker), 'the loss of the connection');
    const order = await tracker.move(orderId, 'Packaging').saved;
    expect(tracker.getSnapshot()).toMatchObject({ pending: [] });
    expect(shown(tracker, orderId)).toEqual(order);
    await tracker.close(orderId).saved;
    expect(shown(tracker, orderId)).toBeUndefined();
    proxy.heal();
    await showsTheStore(tracker);
  });
});

describe('an undo', () => {
  it('restores the fields that a change has changed, and does it again', async () => {
    const { orderId, tracker } = await trackNew();
    await tracker.change(orderId, { rush: true }).saved;
    const write = tracker.change(orderId, { estimatedDate: '2026-12-24', rush: true, quantity: 7 });
    await write.saved;
    await cluster.orders.change(orderId, { title: 'Changed by somebody else' });
    const undo = tracker.undo(write, { message: 'A mistake' });
    const undone = await undo.saved;
    expect(undone).toMatchObject({ quantity: 500, rush: true, title: 'Changed by somebody else' });
    expect(undone).not.toHaveProperty('estimatedDate');
    expect((await history(orderId)).at(-1)).toMatchObject({ message: 'A mistake' });
    expect(await tracker.undo(undo).saved).toMatchObject({ quantity: 7, estimatedDate: '2026-12-24' });
    await showsTheStore(tracker);
  });

  it('of a close brings the order back at once', async () => {
    const { orderId, tracker } = await trackNew();
    const write = tracker.close(orderId);
    await write.saved;
    await tracker.when(orderId, 2);
    expect(shown(tracker, orderId)).toBeUndefined();
    const { saved } = tracker.undo(write);
    expect(shown(tracker, orderId)).toMatchObject({ orderId });
    expect(shown(tracker, orderId)).not.toHaveProperty('closedAt');
    expect(await saved).not.toHaveProperty('closedAt');
    await showsTheStore(tracker);
  });

  it('is refused if somebody has changed one of its fields since', async () => {
    const { orderId, tracker } = await trackNew();
    const write = tracker.move(orderId, 'In Printing');
    await write.saved;
    proxy.hold('toClient');
    await cluster.orders.change(orderId, { status: 'Delivery' });
    const { saved } = tracker.undo(write);
    expect(shown(tracker, orderId)?.status).toBe('In Production');
    proxy.heal();
    expect((await refusalOf(saved)).refusal).toMatchObject({ reason: 'conflict', yours: { status: 'In Production' } });
    expect(shown(tracker, orderId)?.status).toBe('Delivery');
  });

  it('of a removal and of a placing is a TypeError', async () => {
    const { orderId, tracker } = await trackNew();
    const removed = tracker.remove(orderId);
    expect(() => tracker.undo(removed)).toThrow(new TypeError('An edit of the type remove cannot be undone'));
    await removed.saved;
  });
});

describe('a refused write', () => {
  it('is taken back with its reason, in its promise, the state and an event, until it is dismissed', async () => {
    const { orderId, tracker } = await trackNew();
    const told: string[] = [];
    tracker.on('refused', ({ error }) => told.push(error.reason));
    const write = tracker.change(orderId, { title: '', quantity: 0 });
    const error = await refusalOf(write.saved);
    expect(error.refusal).toEqual({
      reason: 'invalid',
      errors: [
        { field: 'title', message: 'must not be empty' },
        { field: 'quantity', message: 'must be at least 1' },
      ],
    });
    expect(tracker.getSnapshot().refused).toMatchObject([
      { write, orderId, fields: { title: '', quantity: 0 }, error },
    ]);
    tracker.dismiss(write);
    expect(tracker.getSnapshot().refused).toEqual([]);
    expect(told).toEqual(['invalid']);
    await showsTheStore(tracker);
  });

  it('says that the order is gone, also if it was never there', async () => {
    const { orderId, tracker } = await trackNew();
    proxy.hold('toClient');
    await cluster.orders.remove(orderId);
    const { saved } = tracker.move(orderId, 'Delivery');
    proxy.heal();
    expect((await refusalOf(saved)).reason).toBe('gone');
    expect(shown(tracker, orderId)).toBeUndefined();
    expect((await refusalOf(tracker.move('never-there', 'Delivery').saved)).reason).toBe('gone');
  });

  it('tells the code of a refusal that has no reason of its own', async () => {
    const { orderId, tracker } = await trackNew({ open: 'any' });
    await tracker.close(orderId).saved;
    expect(await refusalOf(tracker.move(orderId, 'Delivery').saved)).toMatchObject({
      ...{ reason: 'refused', code: 'order_closed' },
    });
    const placed = tracker.place({ orderId, customerId: 'ana', title: 'Another', quantity: 1 });
    expect(await refusalOf(placed.saved)).toMatchObject({ reason: 'refused', code: 'order_exists' });
  });

  it('is based on by no other: the next edits are refused or stored by themselves', async () => {
    const { orderId, tracker } = await trackNew();
    const wrong = tracker.change(orderId, { quantity: 0 });
    const right = tracker.move(orderId, 'In Printing');
    expect((await refusalOf(wrong.saved)).reason).toBe('invalid');
    expect(await right.saved).toMatchObject({ revision: 2, status: 'In Printing', quantity: 500 });

    await tracker.when(orderId, 2);
    proxy.hold('toClient');
    await cluster.orders.change(orderId, { quantity: 9 });
    const edits = [tracker.move(orderId, 'Delivery'), tracker.change(orderId, { title: 'Mine' })];
    proxy.heal();
    for (const { saved } of edits) expect((await refusalOf(saved)).reason).toBe('conflict');
    const placed = tracker.place({ orderId, customerId: 'ana', title: 'Taken', quantity: 1 });
    const behind = tracker.move(orderId, 'Delivery');
    expect((await refusalOf(placed.saved)).code).toBe('order_exists');
    expect((await refusalOf(behind.saved)).reason).toBe('gone');
    expect(await history(orderId)).toHaveLength(3);
  });

  it('ends with the tracker, and says whether it may be saved', async () => {
    const { orderId, tracker } = await trackNew();
    proxy.hold();
    const sent = tracker.move(orderId, 'Packaging');
    const waiting = tracker.change(orderId, { quantity: 7 });
    await waitFor(() => proxy.open > 0, 'the request');
    tracker.close();
    const refusals = await Promise.all([sent, waiting].map(async ({ saved }) => (await refusalOf(saved)).refusal));
    expect(refusals).toEqual([
      { reason: 'closed', mayBeSaved: true },
      { reason: 'closed', mayBeSaved: false },
    ]);
    expect((await refusalOf(tracker.move(orderId, 'Delivery').saved)).reason).toBe('closed');
    proxy.heal();
  });
});

describe('with tokens', () => {
  const secret = randomBytes(32).toString('hex');
  let closed: TestCluster;
  beforeAll(async () => {
    closed = await startCluster({
      redisUrl: redis.url,
      gateways: 1,
      settings: { AUTH: 'required', AUTH_JWT_SECRET: secret, FEED_NAME: 'closed' },
    });
  });
  afterAll(() => closed.close());
  const tokenOf = (role: 'staff' | 'customer', expiresIn = 600) => mintToken({ secret, role, sub: 'ana', expiresIn });
  const trackWith = (token: TrackOrdersOptions['token']) =>
    live(track(trackOrders({ url: closed.url, token, jitter: () => 0 })));

  it('a customer may not write, and an unknown token neither', async () => {
    await new OrdersClient(closed.url, await tokenOf('staff')).place({ orderId: 'of-ana' });
    let token = await tokenOf('customer');
    const tracker = await trackWith(() => token);
    expect((await refusalOf(tracker.move('of-ana', 'Delivery').saved)).reason).toBe('forbidden');
    expect(shown(tracker, 'of-ana')?.status).toBe('In Production');
    token = 'not.a.token';
    expect((await refusalOf(tracker.move('of-ana', 'Delivery').saved)).reason).toBe('unauthenticated');
  });

  it('an edit waits while the token has ended, and is stored with the next one', async () => {
    const short = await tokenOf('staff', 1);
    let token = await tokenOf('staff');
    const tracker = await trackWith(() => token);
    const order = { customerId: 'ana', title: 'Flyers', quantity: 10 };
    await waitFor(
      async () =>
        (await fetch(`${closed.url}/orders`, { headers: { authorization: `Bearer ${short}` } })).status === 401,
      'the end of a token',
      10_000,
    );
    token = short;
    const { saved } = tracker.place(order);
    await waitFor(() => tracker.getSnapshot().pending[0]?.problem?.code === 'token_expired', 'a refused attempt');
    token = await tokenOf('staff');
    expect((await saved).revision).toBe(1);
  });
});
