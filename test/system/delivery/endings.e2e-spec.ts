import { randomBytes } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { mintToken } from '@galley/access';
import { own } from '@galley/testing';
import { checkRun, Workload, type WorkloadUser } from '@galley/verification';
import { startCluster } from '../harness/cluster.js';

const secret = randomBytes(32).toString('hex');

it('closes, reopens and hurries orders, and customers and screens hear of it without actors and notes', async () => {
  const cluster = await startCluster({ settings: { AUTH: 'required', AUTH_JWT_SECRET: secret } });
  const tokenOf = (role: 'staff' | 'customer' | 'screen', sub: string) =>
    mintToken({ secret, role, sub, expiresIn: 600 });
  const token = await tokenOf('staff', 'sue');
  const customers = new Map<string, string>();
  for (const sub of ['ana', 'bo']) customers.set(sub, await tokenOf('customer', sub));
  const users: WorkloadUser[] = [...customers].map(([customerId, ofCustomer]) => ({ customerId, token: ofCustomer }));
  users.push({ token: await tokenOf('screen', 'wall') });
  const workload = new Workload({
    ...{ apiUrls: [cluster.url], gatewayUrls: [...cluster.gateways.values()], token, customers },
    users: [...users.map((user) => ({ ...user, staffPart: 'forbidden' as const })), { token, staffPart: 'expected' }],
    ...{ clients: 4, streams: 4, orders: 10, concurrency: 4, seed: 1, settleWithinMs: 10_000 },
  });
  own(() => {
    workload.close();
  });
  await workload.connect();
  await workload.writers.run(400);
  const run = await workload.finish();
  expect(checkRun(run).violations).toEqual([]);
  const made = (what: (write: (typeof run.writes)[number]) => boolean) =>
    run.writes.filter((write) => write.outcome === 'ok' && what(write)).length;
  expect(made((write) => write.type === 'updated' && write.closed === true)).toBeGreaterThan(5);
  expect(made((write) => write.type === 'updated' && write.closed === false)).toBeGreaterThan(5);
  expect(made(({ type }) => type === 'unchanged')).toBeGreaterThan(1);
  expect(made(({ note }) => note !== undefined)).toBeGreaterThan(50);
  expect(run.store.orders.some(({ rush }) => rush !== undefined)).toBe(true);
}, 60_000);
