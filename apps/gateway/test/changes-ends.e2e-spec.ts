import { expect, it } from '@jest/globals';
import { formatPosition } from '@galley/contracts';
import { OrdersClient, waitFor } from '@galley/testing';
import { EventStreams } from '../src/connections/event-streams.js';
import { SlowConsumers } from '../src/connections/slow-consumers.js';
import { FeedFollower } from '../src/feed/feed-follower.js';
import { aChange, startGateways, upTo } from './gateways.js';
import { StreamClient } from './stream-client.js';

const LONG = 'x'.repeat(10_000);
const BATCH = 20;

it('cuts off only the stream whose client does not read', async () => {
  const { apps, feed, urls } = await startGateways(['slow'], {}, 100);
  const [url = ''] = urls;
  const [healthy, stalled] = [await StreamClient.open(url), await StreamClient.open(url)];
  await Promise.all([healthy.event('ready'), stalled.event('ready')]);
  stalled.pause();
  const streams = apps[0]?.get(EventStreams, { strict: false });
  const pendingBytes = () => Math.max(...Array.from(streams?.all() ?? [], (stream) => stream.pendingBytes));
  let mostPending = 0;
  await feed.append([aChange('a', 1)]);
  for (let first = 2; streams?.counts.cut === 0; first += BATCH) {
    await feed.append(upTo(first + BATCH - 1, first).map((revision) => aChange('a', revision, LONG)));
    await waitFor(() => healthy.revisions('a').length === first + BATCH - 1, 'the changes');
    mostPending = Math.max(mostPending, pendingBytes());
  }
  expect(mostPending).toBeLessThan(16 * 1024 * 1024);
  expect(healthy.hasEnded).toBe(false);
  expect(apps[0]?.get(SlowConsumers, { strict: false }).count).toBe(1);
  stalled.resume();
  await stalled.ended();
}, 60_000);

it('keeps little for a stream whose client does not read what it missed, and sends it all in the end', async () => {
  const missed = 800;
  const { apps, feed, urls } = await startGateways(['slow']);
  const { head } = await feed.append([aChange('a', 1)]);
  for (let first = 2; first <= missed; first += BATCH) {
    await feed.append(upTo(first + BATCH - 1, first).map((revision) => aChange('a', revision, LONG)));
  }
  const stream = await StreamClient.open(urls[0] ?? '', '', { lastEventId: formatPosition(head) });
  stream.pause();
  const streams = apps[0]?.get(EventStreams, { strict: false });
  let mostPending = 0;
  const look = () => {
    for (const { pendingBytes } of streams?.all() ?? []) mostPending = Math.max(mostPending, pendingBytes);
    return mostPending;
  };
  await waitFor(look, 'bytes that the client does not take');
  stream.resume();
  await waitFor(() => look() && stream.ready, 'the rest');
  expect(stream.ready?.payload).toMatchObject({ recovered: true, replayed: missed });
  expect(stream.revisions('a')).toEqual(upTo(missed + 1, 2));
  expect(mostPending).toBeLessThan(4 * 1024 * 1024);
}, 60_000);

it('sends resync when the feed has lost changes, and goes on with the new ones', async () => {
  const { feed, urls } = await startGateways(['one']);
  const [url = ''] = urls;
  await feed.append([aChange('a', 1)]);
  const stream = await StreamClient.open(url);
  await stream.event('ready');
  const { lastEventId: old } = stream;
  await feed.reset();
  await feed.append([aChange('b', 1)]);
  const { id, payload } = await stream.event('resync');
  expect(payload).toMatchObject({ reason: 'new-epoch' });
  expect(id).toBe(payload.position);
  await waitFor(() => stream.revisions('b').length === 1, 'the change of the new epoch');
  expect(stream.hasEnded).toBe(false);
  const again = [
    await StreamClient.open(url, '', { lastEventId: old }),
    await StreamClient.open(url, '', { lastEventId: stream.lastEventId }),
  ];
  const ready = await Promise.all(again.map((client) => client.event('ready')));
  expect(ready.map(({ payload: { recovered } }) => recovered)).toEqual([false, true]);
});

it('says that it cannot resume where the feed no longer has what was missed, and goes on from its head', async () => {
  const { apps, feed, urls } = await startGateways(['one'], { RECENT_BYTES: '1024' }, 100);
  const { head: old } = await feed.append([aChange('a', 1)]);
  const { head } = await feed.append(upTo(1_000, 2).map((revision) => aChange('a', revision)));
  const follower = apps[0]?.get(FeedFollower, { strict: false });
  await waitFor(() => follower?.head?.digest === head.digest, 'the changes');
  const stream = await StreamClient.open(urls[0] ?? '', '', { lastEventId: formatPosition(old) });
  const { id, payload } = await stream.event('ready');
  expect(payload).toMatchObject({ recovered: false, replayed: 0 });
  expect(id).toBe(formatPosition(head));
  await feed.append([aChange('a', 1_001)]);
  await waitFor(() => stream.revisions('a').length === 1, 'the next change');
  expect(stream.revisions('a')).toEqual([1_001]);
});

it('ends each stream while the replica stops, one by one, and refuses others', async () => {
  const { apps, urls } = await startGateways(['leaving', 'staying'], { DRAIN_WINDOW_MS: '1000' });
  const [leaving = '', staying = ''] = urls;
  const clients = await Promise.all(upTo(20).map(() => StreamClient.open(leaving)));
  await Promise.all(clients.map((client) => client.event('ready')));
  const stopped = apps[0]?.close();
  await waitFor(() => clients.some(({ hasEnded }) => hasEnded), 'the first to end');
  expect(clients.every(({ hasEnded }) => hasEnded)).toBe(false);
  const refusal = await new OrdersClient(leaving).send('GET', '/changes');
  expect(refusal).toMatchObject({ status: 503, body: { code: 'unavailable' } });
  await Promise.all(clients.map((client) => client.ended()));
  await stopped;
  for (const { retryAfter, lastEventId } of clients) {
    expect(retryAfter).toBe(1_000);
    const again = await StreamClient.open(staying, '', { lastEventId });
    await again.event('ready');
    again.close();
  }
});

it('refuses a stream above the limits of an address, with the code and the pause of a handshake', async () => {
  const [few, fast] = await Promise.all([
    startGateways(['few'], { MAX_CONNECTIONS_PER_ADDRESS: '2' }),
    startGateways(['fast'], { HANDSHAKES_PER_ADDRESS_PER_SECOND: '1', HANDSHAKES_PER_ADDRESS_BURST: '1' }),
  ]);
  const refusalOf = async (url = '') => {
    const answer = await fetch(`${url}/changes`);
    const { code } = (await answer.json()) as { code: string };
    return [answer.status, code, Number(answer.headers.get('retry-after')) > 0];
  };
  const [first] = [await StreamClient.open(few.urls[0] ?? ''), await StreamClient.open(few.urls[0] ?? '')];
  expect(await refusalOf(few.urls[0])).toEqual([429, 'too_many_connections', true]);
  first.close();
  await waitFor(() => StreamClient.open(few.urls[0] ?? ''), 'room for another stream');
  await StreamClient.open(fast.urls[0] ?? '');
  expect(await refusalOf(fast.urls[0])).toEqual([429, 'too_many_requests', true]);
});
