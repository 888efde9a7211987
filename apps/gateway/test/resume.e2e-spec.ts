import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { io } from 'socket.io-client';
import { formatPosition, isSamePosition, type ConnectAuth, type ReadyEvent } from '@galley/contracts';
import { own, TestClient, waitFor } from '@galley/testing';
import { FeedFollower } from '../src/feed/feed-follower.js';
import { aChange, startGateways, upTo, type Gateways } from './gateways.js';

/** Room for about 110 to 220 changes. */
const RECENT_BYTES = 20_000;
const REPLAY_LIMIT = 400;

describe('a client that comes back', () => {
  let gateways: Gateways;
  let feed: Gateways['feed'];
  let urls: string[];
  const clients: TestClient[] = [];

  beforeEach(async () => {
    const settings = {
      RECENT_BYTES: `${RECENT_BYTES}`,
      REPLAY_LIMIT: `${REPLAY_LIMIT}`,
      FEED_HEARTBEAT_MS: '100',
      MAX_ROOMS: '2',
    };
    gateways = await startGateways(['one', 'two'], settings, 1_000);
    ({ feed, urls } = gateways);
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.close();
    await gateways.close();
  });

  const connect = async (gateway: 0 | 1, auth?: ConnectAuth) => {
    const client = await TestClient.connect(urls[gateway] ?? '', { auth });
    clients.push(client);
    return client;
  };
  const write = (last: number, first = 1, orderId = 'a') =>
    feed.append(upTo(last, first).map((revision) => aChange(orderId, revision)));
  const positionOfHead = async () => formatPosition((await feed.append([])).head);
  const headOf = (gateway: 0 | 1) => gateways.apps[gateway]?.get(FeedFollower, { strict: false }).head;
  const revisions = (client: TestClient, name = 'orderUpdated') => client.revisions(name);
  /**
   * The events of a client that left at revision 5 and reconnected to the other gateway after `missed` more changes.
   */
  const goAndComeBack = async (missed: number, auth: ConnectAuth = {}) => {
    const before = await connect(0);
    await write(5);
    await waitFor(() => revisions(before).length === 4, 'the first changes');
    before.close();
    const { head } = await write(5 + missed, 6);
    await waitFor(() => isSamePosition(headOf(1), head), 'the changes on the other gateway');
    const after = await connect(1, { position: before.position, ...auth });
    return { before, after };
  };

  it('is sent its position, whether it asks or not', async () => {
    const [first, observer] = [await connect(0), await connect(1)];
    const ready = { recovered: false, replayed: 0, heartbeatMs: 100, live: true };
    expect(first.ready).toEqual({ ...ready, gateway: 'one', position: await positionOfHead() });
    await write(2);
    await waitFor(() => first.events.length === 3 && observer.events.length === 3, 'the changes on both gateways');
    const second = await connect(1);
    expect(second.ready).toEqual({ ...ready, gateway: 'two', position: await positionOfHead() });
    expect(second.events).toEqual([]);
  });

  it.each([
    ['nothing', 0],
    ['a little, from what the replica remembers', 3],
    ['more than the replica remembers, from the feed', 300],
  ])('gets from another replica what it missed: %s', async (_what, missed) => {
    const { after } = await goAndComeBack(missed);
    expect(after.ready).toMatchObject({ recovered: true, replayed: missed, gateway: 'two' });
    await write(6 + missed, 6 + missed);
    await waitFor(() => revisions(after, 'a/update').includes(6 + missed), 'the next change');
    expect(revisions(after)).toEqual(upTo(6 + missed, 6));
    expect(revisions(after, 'a/update')).toEqual(upTo(6 + missed, 6));
  });

  it('is told to fetch its orders if it missed more than the replay limit', async () => {
    const { after } = await goAndComeBack(REPLAY_LIMIT + 1);
    expect(after.ready).toMatchObject({ recovered: false, replayed: 0 });
  });

  it('is told to fetch its orders if the feed no longer has what it missed', async () => {
    const { after } = await goAndComeBack(1_500);
    expect(after.ready).toMatchObject({ recovered: false, replayed: 0 });
  });

  it('is told to fetch its orders if its epoch has ended, and gets the changes of the new one', async () => {
    const { before, after: connected } = await goAndComeBack(1);
    await feed.reset();
    await write(7, 7);
    await waitFor(() => connected.connectionEvents.some(({ name }) => name === 'resync'), 'the resync');
    await waitFor(() => connected.revisions('orderUpdated').includes(7), 'the change of the new epoch');
    const after = await connect(0, { position: before.position });
    expect(after.ready).toMatchObject({ recovered: false, replayed: 0 });
    expect(after.ready?.position).not.toBe(connected.ready?.position);
  });

  it('learns of the end of its epoch even while it is sent what it missed', async () => {
    const { head: start } = await feed.append([]);
    const { epoch } = start;
    await write(REPLAY_LIMIT);
    const socket = io(urls[1] ?? '', { auth: { position: formatPosition(start) }, forceNew: true });
    own(() => socket.close());
    const heard: string[] = [];
    let ready: ReadyEvent | undefined;
    let ended: Promise<unknown> | undefined;
    socket.on('ready', (event) => (ready = event as ReadyEvent));
    socket.onAny((name: string) => {
      heard.push(name);
      ended ??= feed.reset(epoch).then(() => write(1, 1, 'b'));
    });
    // If everything was sent before the epoch ended, `resync` says so.
    await waitFor(() => ready && (!ready.recovered || heard.includes('resync')), 'the end of the epoch');
    await ended;
    await waitFor(() => ready?.recovered === false || heard.includes('orderCreated'), 'the new epoch');
    socket.close();
  });

  it('gets only changes for its rooms, and is in these rooms afterwards', async () => {
    const { before } = await goAndComeBack(2);
    const { head } = await write(3, 1, 'b');
    await waitFor(() => isSamePosition(headOf(1), head), 'the changes of b');
    const after = await connect(1, { position: before.position, rooms: [{ orderId: 'b' }] });
    expect(after.ready).toMatchObject({ recovered: true, replayed: 2 });
    expect(after.events.map(({ name }) => name)).toEqual(['b/update', 'b/update']);
    expect(await after.leaveRoom({ orderId: 'x' })).toEqual({ ok: true, data: { rooms: ['order:b'] } });
    await write(8, 8);
    await write(4, 4, 'b');
    await waitFor(() => after.revisions('b/update').length === 3, 'the next change of b');
    expect(after.events).toHaveLength(3);
    const deaf = await connect(0, { rooms: [] });
    expect(await deaf.leaveRoom()).toEqual({ ok: true, data: { rooms: [] } });
  });

  it('gets no gap and no repeat, however often it moves while changes come', async () => {
    let last = 1;
    const state = { writing: true };
    await write(1);
    const observer = await connect(0);
    const writer = (async () => {
      while (state.writing) {
        await write(last + 3, last + 1);
        last += 3;
        // Write no faster than changes are delivered, so that no client misses more than the replay limit.
        await waitFor(() => revisions(observer).at(-1) === last, 'the change');
      }
    })();
    const wanderers = await Promise.all(
      upTo(20).map(async (i) => {
        const heard: (number | undefined)[] = [];
        let client = await connect(i % 2 === 0 ? 0 : 1);
        const since = Number(client.ready?.position?.split(':')[1]); // revision and seq are the same here
        for (let move = 0; move < 5; move++) {
          await waitFor(() => client.events.length > 0, 'a change');
          client.close();
          heard.push(...revisions(client));
          client = await connect((i + move) % 2 === 0 ? 0 : 1, { position: client.position });
          expect(client.ready?.recovered).toBe(true);
        }
        return { heard, client, since };
      }),
    );
    state.writing = false;
    await writer;
    for (const { heard, client, since } of wanderers) {
      await waitFor(() => revisions(client).at(-1) === last || heard.at(-1) === last, 'the last change');
      expect([...heard, ...revisions(client)]).toEqual(upTo(last, since + 1));
    }
  }, 60_000);

  it('gets a heartbeat with its position if it asks for it', async () => {
    const [curious, plain] = [await connect(0, { feed: true }), await connect(0)];
    await write(3);
    const beat = () => curious.connectionEvents.filter(({ name }) => name === 'feed').at(-1)?.payload;
    const head = await positionOfHead();
    await waitFor(() => beat()?.position === head, 'the heartbeat');
    expect(plain.connectionEvents.map(({ name }) => name)).toEqual(['ready']);
    expect(await curious.joinRoom({ orderId: 'a' })).toEqual({ ok: true, data: { rooms: ['order:a'] } });
  });

  it.each(['', 'yesterday', '0123456789abcdef:7', '00000001aaaaaaaa:1:0123456789abcdef', 'x'.repeat(100)])(
    'is told to fetch its orders if it has the position %j, which is not of this log',
    async (position) => {
      await write(3);
      expect((await connect(0, { position })).ready).toMatchObject({ recovered: false, replayed: 0 });
    },
  );

  it.each<[string, unknown, string]>([
    ['a very long position', { position: 'x'.repeat(101) }, 'position must'],
    ['invalid rooms', { rooms: ['orders'] }, 'rooms.0 must'],
    ['an operator instead of an order', { rooms: [{ orderId: { $ne: null } }] }, 'rooms.0.orderId must'],
    ['very many rooms', { rooms: Array(5_000).fill({}) as object[] }, 'at most 2 orders'],
    ['too many rooms', { rooms: [{ orderId: 'a' }, { orderId: 'b' }, { orderId: 'c' }] }, 'at most 2 orders'],
  ])('is refused with %s', async (_what, auth, message) => {
    const socket = io(urls[0] ?? '', { auth: auth as object, reconnection: false, forceNew: true });
    const error = await new Promise<Error & { data?: unknown }>((resolve) => socket.once('connect_error', resolve));
    socket.close();
    expect(error.message).toContain(message);
    expect(error.data).toMatchObject({ code: expect.stringMatching(/^(invalid_request|too_many_rooms)$/) as unknown });
  });
});
