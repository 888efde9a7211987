import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Position } from '@galley/contracts';
import { TestClient, waitFor } from '@galley/testing';
import { EventStreams } from '../src/connections/event-streams.js';
import { FeedFollower } from '../src/feed/feed-follower.js';
import { aChange, startGateways, upTo, type Gateways } from './gateways.js';
import { StreamClient } from './stream-client.js';

let gateways: Gateways;
let feed: Gateways['feed'];
let url: string;
let streams: EventStreams | undefined;

beforeAll(async () => {
  const settings = { FEED_HEARTBEAT_MS: '100' };
  gateways = await startGateways(['one', 'two'], settings);
  ({ feed } = gateways);
  [url = ''] = gateways.urls;
  streams = gateways.apps[0]?.get(EventStreams, { strict: false });
});
afterAll(() => gateways.close());

/** Waits until all gateways have delivered everything up to a position. */
const delivered = ({ digest }: Position) =>
  waitFor(
    () => gateways.apps.every((app) => app.get(FeedFollower, { strict: false }).head?.digest === digest),
    'the changes',
  );

let orders = 0;
const newOrder = () => `order-${++orders}`;

describe('GET /changes', () => {
  it('answers at once with a stream that no proxy holds back or keeps', async () => {
    const { headers } = await StreamClient.open(url);
    expect(headers).toMatchObject({
      ...{ 'content-type': 'text/event-stream', 'cache-control': 'no-store, no-transform', 'x-accel-buffering': 'no' },
      ...{ connection: 'close', 'x-content-type-options': 'nosniff' },
    });
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(headers['x-request-id']).toBeDefined();
  });

  it('says when to come back, not to all clients the same', async () => {
    const streams = await Promise.all(upTo(10).map(() => StreamClient.open(url)));
    await Promise.all(streams.map((stream) => stream.event('ready')));
    const waitsMs = streams.map(({ retryAfter = 0 }) => retryAfter);
    expect(Math.min(...waitsMs)).toBeGreaterThanOrEqual(1_000);
    expect(Math.max(...waitsMs)).toBeLessThanOrEqual(4_000);
    expect(new Set(waitsMs).size).toBeGreaterThan(1);
  });

  it('sends the names and the payloads of Socket.IO', async () => {
    const order = newOrder();
    const [socket, stream] = [await TestClient.connect(url), await StreamClient.open(url)];
    await stream.event('ready');
    await feed.append([aChange(order, 1), aChange(order, 2, 'Grüße 東京')]);
    const deletion = aChange(order, 3);
    await feed.append([{ ...deletion, type: 'deleted', order: undefined }]);
    await socket.event('orderDeleted', ({ orderId }) => orderId === order);
    await waitFor(() => stream.events.at(-1)?.name === 'orderDeleted', 'the deletion');
    const ofOrder = stream.events.filter(({ payload }) => payload.orderId === order);
    expect(ofOrder.map(({ name }) => name)).toEqual([
      'orderCreated',
      'orderUpdated',
      `${order}/update`,
      'orderDeleted',
    ]);
    const sent = socket.events.filter(({ payload }) => payload.orderId === order);
    expect(ofOrder.map(({ name, payload }) => ({ name, payload }))).toEqual(
      sent.map(({ name, payload }) => ({ name, payload })),
    );
    socket.close();
  });

  it('gives the position as the id of the last event of each change', async () => {
    const order = newOrder();
    const stream = await StreamClient.open(url);
    await stream.event('ready');
    await feed.append([aChange(order, 1), aChange(order, 2)]);
    await stream.event(`${order}/update`);
    const [created, updated, single] = stream.events.filter(({ payload }) => payload.orderId === order);
    expect(created?.id).toBe(created?.payload.position);
    expect(updated?.id).toBeUndefined();
    expect(single?.id).toBe(single?.payload.position);
  });

  it('begins with ready, whose id is the position from which the stream goes on', async () => {
    await delivered((await feed.append([aChange(newOrder(), 1)])).head);
    const stream = await StreamClient.open(url);
    const { id = '', payload } = await stream.event('ready');
    expect(payload).toMatchObject({ recovered: false, replayed: 0, gateway: 'one', live: true });
    expect(id).toBe(payload.position);
    expect(stream.events[0]?.name).toBe('ready');
  });

  it.each(['since', 'Last-Event-ID'])('resumes after the position in %s', async (where) => {
    const order = newOrder();
    await delivered((await feed.append([aChange(order, 1), aChange(order, 2)])).head);
    const first = await StreamClient.open(url);
    const { id = '' } = await first.event('ready');
    first.close();
    await delivered((await feed.append([aChange(order, 3), aChange(order, 4)])).head);
    const [query, lastEventId] = where === 'since' ? [`?since=${id}`] : ['?since=long:1:gone', id];
    const stream = await StreamClient.open(gateways.urls[1] ?? '', query, { lastEventId });
    expect((await stream.event('ready')).payload).toMatchObject({ recovered: true, replayed: 2 });
    expect(stream.revisions(order)).toEqual([3, 4]);
  });

  it.each([
    ['a position of another feed', '0:1:abc'],
    ['something that is no position', 'null'],
    ['two positions', '0:1:abc, 0:2:abc'],
  ])('says that it cannot resume after %s', async (_what, lastEventId) => {
    const [stream, same] = [
      await StreamClient.open(url, '', { lastEventId }),
      await StreamClient.open(url, `?since=${encodeURIComponent(lastEventId)}`),
    ];
    for (const { payload } of [await stream.event('ready'), await same.event('ready')]) {
      expect(payload).toMatchObject({ recovered: false, replayed: 0 });
    }
  });

  it('takes an empty Last-Event-ID for none', async () => {
    const { id = '' } = await (await StreamClient.open(url)).event('ready');
    const stream = await StreamClient.open(url, `?since=${id}`, { lastEventId: '' });
    expect((await stream.event('ready')).payload).toMatchObject({ recovered: true });
  });

  it('follows the orders that are named, and no others', async () => {
    const [one, two, other] = [newOrder(), newOrder(), newOrder()];
    const stream = await StreamClient.open(url, `?orderId=${one}&orderId=${two}`);
    await stream.event('ready');
    await feed.append([one, two, other].flatMap((order) => [aChange(order, 1), aChange(order, 2)]));
    await feed.append([aChange(one, 3)]);
    await waitFor(() => stream.revisions(one).length === 2, 'the changes');
    const names = stream.events.map(({ name }) => name).filter((name) => name !== 'ready');
    expect(names).toEqual([`${one}/update`, `${two}/update`, `${one}/update`]);
  });

  it('brings announcements once, to streams and sockets of every gateway', async () => {
    const [socket, ...opened] = [
      await TestClient.connect(url),
      await StreamClient.open(url),
      await StreamClient.open(gateways.urls[1] ?? ''),
    ] as const;
    await Promise.all(opened.map((stream) => stream.event('ready')));
    await gateways.announce('We close at five');
    const heard = await socket.event('announcement');
    for (const stream of opened) {
      expect((await stream.event('announcement')).payload).toEqual(heard);
      await feed.append([aChange(newOrder(), 1)]);
      await stream.event('orderCreated');
      expect(stream.events.filter(({ name }) => name === 'announcement')).toHaveLength(1);
    }
    socket.close();
  });

  it('sends feed only to those who ask for it', async () => {
    const [plain, asking] = [await StreamClient.open(url), await StreamClient.open(url, '?feed=true')];
    const { id, payload } = await asking.event('feed');
    expect(payload).toMatchObject({ live: true });
    expect(id).toBe(payload.position);
    expect(plain.events.map(({ name }) => name)).not.toContain('feed');
  });

  it('counts the streams that are open, and what they were sent', async () => {
    const before = streams?.size ?? 0;
    const stream = await StreamClient.open(url);
    await stream.event('ready');
    expect(streams?.size).toBe(before + 1);
    expect(streams?.counts.sentBytes).toBeGreaterThan(stream.received.length / 2);
    stream.close();
    await waitFor(() => streams?.size === before, 'the stream to be forgotten');
  });
});

it('resumes after 50 ends in the middle of changes, with nothing missed and nothing repeated', async () => {
  const order = newOrder();
  await delivered((await feed.append([aChange(order, 1)])).head);
  let revision = 1;
  const writing = setInterval(() => {
    void feed.append(upTo(3).map(() => aChange(order, ++revision)));
  }, 5);
  const revisions: unknown[] = [];
  let lastEventId = (await (await StreamClient.open(url)).event('ready')).id;
  const from = Number(lastEventId?.split(':')[1]);
  const positions: number[] = [];
  for (let end = 0; end < 50; end++) {
    const stream = await StreamClient.open(gateways.urls[end % 2] ?? '', '', { lastEventId });
    await waitFor(() => stream.revisions(order).length > end % 4, 'some changes');
    stream.close();
    revisions.push(...stream.revisions(order));
    positions.push(
      ...stream.events
        .filter(({ id, name }) => id !== undefined && name !== 'ready')
        .map(({ id }) => Number(id?.split(':')[1])),
    );
    ({ lastEventId } = stream);
  }
  clearInterval(writing);
  expect(positions).toEqual(upTo(positions.at(-1) ?? 0, from + 1));
  expect(revisions).toEqual(upTo(Number(revisions.at(-1)), Number(revisions[0])));
}, 60_000);
