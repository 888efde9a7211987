import { EventEmitter, once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { formatPosition } from '@galley/contracts';
import { waitFor } from '@galley/testing';
import { Connections } from '../src/connections/connections.js';
import { FeedFollower } from '../src/feed/feed-follower.js';
import { CHANGES_PER_PAGE } from '../src/feed/log-pages.js';
import { aChange, startGateways, upTo, type Gateways } from './gateways.js';
import { namesOf, PollingClient } from './polling-client.js';

const UPDATE = ['orderUpdated', 'a/update'];

let gateways: Gateways;
let feed: Gateways['feed'];
let url: string;
let connections: Connections;
let follower: FeedFollower;

beforeEach(async () => {
  gateways = await startGateways(['a'], { DRAIN_WINDOW_MS: '0' });
  ({ feed } = gateways);
  url = gateways.urls[0] ?? '';
  const [app] = gateways.apps;
  if (!app) throw new Error('no gateway has started');
  connections = app.get(Connections, { strict: false });
  follower = app.get(FeedFollower, { strict: false });
});
afterEach(() => gateways.close());

const connect = async (auth?: Parameters<typeof PollingClient.connect>[1]) => {
  const client = await PollingClient.connect(url, auth);
  await client.pollFor('ready');
  return client;
};

describe('the answer to a request of a polling client', () => {
  it('has both events of an update, for which the request has waited', async () => {
    const client = await connect();
    await feed.append([aChange('a', 1)]);
    await client.pollFor('orderCreated');
    for (const revision of [2, 3]) {
      const { answer } = await client.waitingPoll(connections);
      await feed.append([aChange('a', revision)]);
      expect(namesOf(await answer)).toEqual(UPDATE);
    }
  });

  it.each([
    ['all orders', undefined, UPDATE],
    ['one order', [{ orderId: 'a' }], ['a/update']],
  ])('has all events of the changes of %s that are sent again at once', async (_what, rooms, update) => {
    const { head: start } = await feed.append([aChange('a', 1)]);
    const missed = upTo(CHANGES_PER_PAGE / 2, 2);
    await feed.append(missed.map((revision) => aChange('a', revision)));
    await waitFor(() => follower.head?.seq === start.seq + missed.length, 'the changes');
    const gate = new EventEmitter();
    jest.spyOn(follower, 'started').mockImplementation(async () => {
      await once(gate, 'open');
    });
    const client = await PollingClient.connect(url, { position: formatPosition(start), rooms });
    await client.poll();
    const { answer } = await client.waitingPoll(connections);
    gate.emit('open');
    expect(namesOf(await answer)).toEqual(missed.flatMap(() => update));
    await client.pollFor('ready');
  });
});

/** engine.io's packet that does nothing, and the one that some clients take as the wish of their user. */
const [NOOP, CLOSE] = ['6', '1'];

describe('a polling client whose connection is ended', () => {
  it.each(['close', 'cut'] as const)('by "%s" is told nothing, and its next request is refused', async (how) => {
    const client = await connect();
    const { answer } = await client.waitingPoll(connections);
    for (const subscriber of connections.all()) subscriber[how]('error');
    expect(await answer).toEqual({ status: 200, packets: [NOOP] });
    expect((await client.poll()).status).toBe(400);
  });

  it('between two requests is told nothing, and its next request is refused', async () => {
    const client = await connect();
    for (const subscriber of connections.all()) subscriber.close('error');
    expect((await client.poll()).status).toBe(400);
  });

  it('because it sent too much is told nothing', async () => {
    const client = await connect();
    const { answer } = await client.waitingPoll(connections);
    await client.send(Array.from({ length: 257 }, () => '3').join('\u001e'));
    expect((await answer).packets).not.toContain(CLOSE);
  });

  it('because its gateway stops is told nothing', async () => {
    const client = await connect();
    const { answer } = await client.waitingPoll(connections);
    await gateways.apps[0]?.close();
    expect(await answer).toEqual({ status: 200, packets: [NOOP] });
  });
});
