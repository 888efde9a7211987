import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { RedisFeedReader } from '@galley/change-feed';
import { formatPosition } from '@galley/contracts';
import { own, TestClient, waitFor } from '@galley/testing';
import { aChange, startGateways, upTo } from './gateways.js';

const MISSED = 500;
const CLIENTS = 30;
const READS_OF_A_START = 5;

afterEach(() => {
  jest.restoreAllMocks();
});

describe('clients that come back together to a gateway that has just started', () => {
  it.each([
    ['from memory', {}, READS_OF_A_START],
    ['from the log, each page once', { RECENT_BYTES: '1024' }, READS_OF_A_START + MISSED / 100 + 5],
  ])('are sent what they missed %s', async (_where, env, mostReads) => {
    const { feed, start } = await startGateways([]);
    const { head } = await feed.append([aChange('a', 1)]);
    await feed.append(upTo(MISSED + 1, 2).map((revision) => aChange('a', revision)));
    const readFrom = jest.spyOn(RedisFeedReader.prototype, 'readFrom');
    const url = await start('new', env);
    const position = formatPosition(head);
    const clients = await Promise.all(
      upTo(CLIENTS).map(async () => {
        const client = await TestClient.connect(url, { auth: { position } });
        own(() => {
          client.close();
        });
        return client;
      }),
    );
    for (const client of clients) expect(client.ready).toMatchObject({ recovered: true, replayed: MISSED });
    await feed.append([aChange('a', MISSED + 2)]);
    for (const client of clients) {
      await waitFor(() => client.revisions('orderUpdated').includes(MISSED + 2), 'the next change');
      expect(client.revisions('orderUpdated')).toEqual(upTo(MISSED + 2, 2));
    }
    expect(readFrom.mock.calls.length).toBeLessThanOrEqual(mostReads);
  });
});
