import { randomBytes } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { mintToken } from '@galley/access';
import { type UserRole } from '@galley/contracts';
import { own, startMongo, startRedis } from '@galley/testing';
import { checkRun, Workload, type WorkloadUser, type Write } from '@galley/verification';
import { databaseOf, startReplicas } from '../harness/replicas.js';

const SOCKETS = 100;
const STREAMS = 100;
const CHANGES = Number(process.env.STREAM_CHANGES ?? 3_000);
const CHANGES_PER_SECOND = 100;
const CUSTOMERS = 11;
const STAFF = 5;
const SCREENS = 4;

/** What only staff may receive. */
const STAFF_PART = /"(actor|note)"/;

const secret = randomBytes(32).toString('hex');
const tokenOf = (role: UserRole, sub: string) => mintToken({ secret, role, sub, expiresIn: 3_600 });

it(`${SOCKETS} clients of Socket.IO and ${STREAMS} readers of /changes get all that is theirs, and nothing else`, async () => {
  const [mongo, redis] = await Promise.all([startMongo(), startRedis()]);
  own(() => Promise.all([mongo.stop(), redis.stop()]));
  const env = { AUTH: 'required', AUTH_JWT_SECRET: secret, REDIS_URL: redis.url, FEED_NAME: `streams-${process.pid}` };
  const replicas = await startReplicas({
    ...{ apis: 2, gateways: ['one', 'two', 'three'], env },
    ofApi: () => ({ MONGODB_URI: databaseOf(mongo.url, 'streams') }),
  });

  /** What others than staff received that is not theirs. */
  const leaks: string[] = [];
  const received = { staffParts: 0, charactersOfOthers: 0 };
  const user = async (role: UserRole, sub: string): Promise<WorkloadUser> => ({
    token: await tokenOf(role, sub),
    staffPart: role === 'staff' ? 'expected' : 'forbidden',
    ...(role === 'customer' && { customerId: sub }),
    received: (text) => {
      const hasStaffPart = STAFF_PART.test(text);
      if (role === 'staff') received.staffParts += Number(hasStaffPart);
      else {
        received.charactersOfOthers += text.length;
        if (hasStaffPart) leaks.push(`${sub}: ${text}`);
      }
    },
  });
  const users = await Promise.all([
    ...Array.from({ length: CUSTOMERS }, (_, i) => user('customer', `customer-${i}`)),
    ...Array.from({ length: STAFF }, (_, i) => user('staff', `staff-${i}`)),
    ...Array.from({ length: SCREENS }, (_, i) => user('screen', `screen-${i}`)),
  ]);
  const workload = new Workload({
    ...{ apiUrls: replicas.apis.map(({ url }) => url), gatewayUrls: replicas.gateways.map(({ url }) => url), users },
    customers: new Map(
      users.flatMap(({ customerId, token = '' }) => (customerId === undefined ? [] : [[customerId, token]])),
    ),
    ...{ token: await tokenOf('staff', 'writer'), clients: SOCKETS, streams: STREAMS },
    ...{ orders: 200, concurrency: 16, seed: 18, settleWithinMs: 120_000 },
  });
  own(() => {
    workload.close();
  });
  await workload.connect();
  await workload.writers.run(CHANGES, CHANGES_PER_SECOND);
  const { settledInMs, ...run } = await workload.finish();
  const { violations, counts } = checkRun(run);
  const made = (isIt: (write: Write) => boolean) => run.writes.filter((write) => write.outcome === 'ok' && isIt(write));
  const closes = made((write) => write.type === 'updated' && write.closed === true).length;
  const reopenings = made((write) => write.type === 'updated' && write.closed === false).length;
  const notes = made(({ note }) => note !== undefined).length;
  process.stdout.write(
    `${counts.writes} writes (${counts.unknown} unknown) with ${closes} closes, ${reopenings} reopenings and ${notes} notes, ${counts.changesDelivered} changes ` +
      `delivered, settled in ${settledInMs} ms; staff got ${received.staffParts} texts with actors or notes, others ` +
      `${received.charactersOfOthers} characters without\n`,
  );
  expect(violations.slice(0, 5)).toEqual([]);
  expect(leaks.slice(0, 5)).toEqual([]);
  expect(counts.resyncs).toBe(0);
  expect(received.charactersOfOthers).toBeGreaterThan(CHANGES);
  expect(received.staffParts).toBeGreaterThan(CHANGES);
  for (const count of [closes, reopenings, notes]) expect(count).toBeGreaterThan(CHANGES / 50);
}, 900_000);
