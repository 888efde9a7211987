import { afterEach, describe, expect, it } from '@jest/globals';
import { OrdersClient, TestClient, waitFor } from '@galley/testing';
import { printedIn } from '../docs/documents.js';
import { type Checked, ComposeLoad } from '../harness/compose-load.js';
import { ComposeOperator } from './compose-operator.js';
import { containersOf, docker, GALLEY_TOKEN, GALLEY_URL } from '../harness/compose-stack.js';

const operator = new ComposeOperator();
const run = (block = '') => operator.run(block);

const [requireTokens, mintToken, moreGateways] = printedIn('docs/OPERATIONS.md', 'Settings that stay', 'sh');
const [upgrade, goBack] = printedIn('docs/OPERATIONS.md', 'With Compose', 'sh');
const [addKey, useKey, dropKey] = printedIn('docs/OPERATIONS.md', 'Keys', 'sh');
const [changePasswords] = printedIn('docs/OPERATIONS.md', 'Passwords', 'sh');
const [takeRedis, putRedis, emptyRedis] = printedIn('docs/OPERATIONS.md', 'Another Redis', 'sh');
const [backUp] = printedIn('docs/OPERATIONS.md', 'Backup', 'sh');
const [restore] = printedIn('docs/OPERATIONS.md', 'Restore', 'sh');

const IMAGES = ['orders-api', 'gateway', 'web'] as const;

const LOAD = { trackers: Number(process.env.LOAD_TRACKERS ?? 60), changesPerSecond: 20 };

/** A gateway that stops closes at most ten connections a second. The clients come back within a second or two. */
const MOST_RECONNECTS_A_SECOND = 30;

/** The longest that one procedure may take, in milliseconds. */
const DEADLINE = 900_000;

let token = GALLEY_TOKEN ?? '';
const newToken = async () => {
  token = (await run(mintToken)).trim();
};
const connect = () => TestClient.connect(GALLEY_URL, { auth: { token }, transports: ['websocket'] });

let load: ComposeLoad | undefined;
afterEach(async () => {
  await load?.close();
  load = undefined;
});

/** Carries out a procedure under load. @returns what has become of all requests and clients */
async function underLoad(procedure: () => Promise<unknown>): Promise<Checked> {
  await load?.close();
  load = await ComposeLoad.start({ ...LOAD, token });
  const started = performance.now();
  await procedure();
  const seconds = Math.round((performance.now() - started) / 1_000);
  const checked = await load.end();
  const { writes, changesDelivered, resyncs } = checked.counts;
  process.stdout.write(
    `${seconds} s: ${writes} writes, ${changesDelivered} changes delivered, ${resyncs} resyncs, ${checked.failed.length} failed\n`,
  );
  return checked;
}

/** Nothing failed, nothing is lost, and nobody had to fetch anything. */
const UNNOTICED = { violations: [], failed: [], counts: expect.objectContaining({ resyncs: 0 }) };

const versionOf = async (container: string) =>
  (await docker('inspect', '--format', '{{.Config.Image}}', container)).split(':').at(-1);

const linesOf = (text: string) => text.split('\n').filter((line) => line !== '');

describe('as printed in docs/OPERATIONS.md', () => {
  it(
    'tokens are required from the line in .env on, whatever is run later',
    async () => {
      await run(requireTokens);
      await newToken();
      expect(await operator.isUpToDate()).toBe(true);
      expect((await fetch(`${GALLEY_URL}/orders`)).status).toBe(401);
      expect((await new OrdersClient(GALLEY_URL, token).place()).status).toBe(201);
    },
    DEADLINE,
  );

  it(
    'an upgrade to new images, and the way back, fail no request, lose nothing and spread the clients',
    async () => {
      // The old version as its own upgrade has left it.
      for (const image of IMAGES) await docker('tag', `galley/${image}:local`, `galley/${image}:0.2.0`);
      const checked = await underLoad(async () => {
        const told = [await run(upgrade)];
        for (const id of await containersOf(...IMAGES)) expect(await versionOf(id)).toBe('0.3.0');
        expect(await operator.isUpToDate()).toBe(true);
        told.push(await run(goBack));
        expect(told.join('')).not.toContain('exit code');
        for (const id of await containersOf(...IMAGES)) expect(await versionOf(id)).toBe('0.2.0');
        expect(await operator.isUpToDate()).toBe(true);
      });
      expect(checked).toMatchObject(UNNOTICED);
      expect(load?.busiestSecond).toBeLessThanOrEqual(MOST_RECONNECTS_A_SECOND);
      for (const image of IMAGES) await docker('rmi', `galley/${image}:0.3.0`);
    },
    DEADLINE,
  );

  it(
    'a change of the keys and the passwords fails no request, and ends the tokens of the old key',
    async () => {
      const ofOldKey = token;
      const checked = await underLoad(async () => {
        await run(addKey);
        await run(useKey);
      });
      expect(checked).toMatchObject(UNNOTICED);
      await newToken();
      const dropped = await underLoad(async () => {
        await run(dropKey);
        await run(changePasswords);
      });
      expect(dropped).toMatchObject(UNNOTICED);
      expect((await new OrdersClient(GALLEY_URL, ofOldKey).place()).status).toBe(401);
    },
    DEADLINE,
  );

  it(
    'Redis moves with its data, and nobody notices',
    async () => {
      const checked = await underLoad(async () => {
        await run(takeRedis);
        await run("docker compose run --rm --no-deps -T redis sh -c 'rm -r /data/*'"); // another disk
        await run(putRedis);
      });
      expect(checked).toMatchObject(UNNOTICED);
    },
    DEADLINE,
  );

  it(
    'an empty Redis takes over: no request fails, and each client fetches its orders once',
    async () => {
      const { violations, failed, run: record } = await underLoad(() => run(emptyRedis));
      expect({ violations, failed }).toEqual({ violations: [], failed: [] });
      const told = record.clients.map(({ records }) => records.filter(({ kind }) => kind === 'resync').length);
      expect(new Set(told)).toEqual(new Set([1]));
    },
    DEADLINE,
  );

  it(
    'a restore goes back to the backup, lists each later write, and tells each client once',
    async () => {
      const orders = new OrdersClient(GALLEY_URL, token);
      const [kept, changed, deleted, later] = ['kept', 'changed', 'deleted', 'later'].map((n) => `${n}-${Date.now()}`);
      for (const orderId of [kept, changed, deleted]) await orders.place({ orderId });
      await run(backUp);
      await orders.change(changed ?? '', { quantity: 77 });
      await orders.place({ orderId: later });
      await orders.remove(deleted ?? '');
      const clients = await Promise.all(Array.from({ length: 10 }, connect));
      await run(`{ ${restore}\n} 2>told`);
      const told = operator.read('told');
      const restored = (await orders.get(changed ?? '')).body.revision;
      const lost = linesOf(operator.read('lost.jsonl')).map((line) => JSON.parse(line) as { orderId: string });
      // Changes of several orders may be in the log in another order than that of their requests.
      lost.sort((a, b) => (a.orderId < b.orderId ? -1 : 1));
      expect({ told, restored, lost }).toMatchObject({
        told: expect.stringContaining('Changes that the database lacks: 3\n'),
        restored: 1,
        lost: [
          {
            ...{ type: 'updated', orderId: changed, revision: 2 },
            ...{ order: { quantity: 77 }, staffPart: { actor: { sub: 'me' } } },
          },
          { type: 'deleted', orderId: deleted, revision: 2 },
          { type: 'created', orderId: later, revision: 1 },
        ],
      });
      expect((await orders.get(deleted ?? '')).status).toBe(200);
      expect((await orders.get(later ?? '')).status).toBe(404);
      await orders.change(changed ?? '', { quantity: 78 });
      for (const client of clients) {
        await waitFor(() => client.revisions(`${changed}/update`).includes(2), 'a change after the restore');
        expect(client.connectionEvents.filter(({ name }) => name === 'resync')).toHaveLength(1);
        expect(client.connectionEvents.filter(({ name }) => name === 'ready')).toHaveLength(1);
        client.close();
      }
    },
    DEADLINE,
  );

  it(
    'more gateways run from the line in .env on, whatever is run later',
    async () => {
      await run(moreGateways);
      expect(await operator.isUpToDate()).toBe(true);
      expect(await containersOf('gateway')).toHaveLength(5);
    },
    DEADLINE,
  );
});
