import { setTimeout as delay } from 'node:timers/promises';
import { OrdersClient, TestClient, waitFor } from '@galley/testing';
import { type Scene } from './fault-case.js';

/** How soon clients and operators are told that changes are late. */
const TOLD_WITHIN_MS = 10_000;

/** How long is written before the log is damaged, so that appends are under way. */
const WRITING_BEFORE_MS = 1_000;

/** A Redis without memory refuses what adds to its data, and does all else. A full disk has the same effect. */
export async function refuseWrites({ cluster, workload, faultMs, problems }: Scene): Promise<void> {
  const expectSoon = async (what: string, check: () => boolean | Promise<boolean>) => {
    await waitFor(check, what, TOLD_WITHIN_MS).catch((error: unknown) => problems.push((error as Error).message));
  };
  await cluster.sendToRedis('CONFIG', 'SET', 'maxmemory', '1');
  try {
    await Promise.all([
      delay(faultMs),
      ...cluster.apiUrls.map((url) => expectSoon(`${url} to be degraded`, () => isDegraded(url))),
      expectSoon('every client to be told that the feed is not live', () =>
        workload.clients.every(({ isFeedLive }) => !isFeedLive),
      ),
    ]);
    for (const url of cluster.gatewayUrls) {
      const client = await TestClient.connect(url);
      if (client.ready?.live !== false) problems.push(`a new client of ${url} is told that the feed is live`);
      client.close();
    }
  } finally {
    await cluster.sendToRedis('CONFIG', 'SET', 'maxmemory', '0');
  }
}

async function isDegraded(url: string): Promise<boolean> {
  const { status, body } = await new OrdersClient(url).send('GET', '/health/ready');
  return status === 200 && (body as { status: string }).status === 'degraded';
}

/** The id of the entry is a time, which is far above the ids of the feed. */
export async function addForeignEntry({ cluster }: Scene): Promise<void> {
  await delay(WRITING_BEFORE_MS);
  await cluster.sendToRedis('XADD', cluster.feedKeys.log, '*', 'x', 'y');
}

export async function loseHead({ cluster }: Scene): Promise<void> {
  await delay(WRITING_BEFORE_MS);
  await cluster.sendToRedis('DEL', cluster.feedKeys.head);
}
