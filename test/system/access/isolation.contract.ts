import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { mintToken } from '@galley/access';
import { checkRun, Workload } from '@galley/verification';
import { OrdersClient, own, TestClient } from '@galley/testing';
import { startCluster, type TestCluster } from '../harness/cluster.js';

/** How long a client is left alone, on average, before it loses its connection. */
const CALM_MS = 2_500;

const secret = randomBytes(32).toString('hex');
const tokenOf = (role: 'staff' | 'customer', sub: string) => mintToken({ secret, role, sub, expiresIn: 600 });

/** @param count the number of customers; the client of each is cut off and moved repeatedly while orders change */
export function isolationContract(count: number, changes: number): void {
  let cluster: TestCluster;

  beforeAll(async () => {
    cluster = await startCluster({
      gateways: 3,
      settings: { AUTH: 'required', AUTH_JWT_SECRET: secret, HANDSHAKES_PER_ADDRESS_BURST: '100000' },
    });
  });
  afterAll(() => cluster.close());

  it(`sends ${count} customers each change of their own orders once and in order, and no other change`, async () => {
    const gatewayUrls = [...cluster.gateways.values()];
    const customers = new Map<string, string>();
    for (let i = 0; i < count; i++) customers.set(`customer-${i}`, await tokenOf('customer', `customer-${i}`));
    const workload = new Workload({
      ...{ apiUrls: [cluster.apiUrl], gatewayUrls, token: await tokenOf('staff', 'sue'), customers },
      ...{ clients: count, orders: 500, concurrency: 16, seed: 1, settleWithinMs: 30_000 },
    });
    own(() => {
      workload.close();
    });
    await workload.connect();
    const unrest = setInterval(() => {
      const client = workload.clients[Math.floor(workload.random() * count)];
      if (workload.random() < 0.5) client?.cut();
      else client?.moveTo(gatewayUrls[Math.floor(workload.random() * gatewayUrls.length)] ?? '');
    }, CALM_MS / count);
    own(() => {
      clearInterval(unrest);
    });
    await workload.writers.run(changes);
    // A fast machine has written everything before the clients have come back often enough.
    const returns = () => workload.clients.reduce((sum, { connectedAt }) => sum + connectedAt.length - 1, 0);
    while (returns() < 2 * count) await workload.writers.run(50);
    clearInterval(unrest);
    const run = await workload.finish();
    workload.close();
    const { violations, counts } = checkRun(run);
    expect(violations).toEqual([]);
    expect(counts.writes).toBeGreaterThanOrEqual(changes);
    expect(counts.changesDelivered).toBeGreaterThan(changes * 0.9); // the customer of a deleted order may have been away
    const resumed = run.clients.flatMap(({ records }) =>
      records.filter((record) => record.kind === 'ready' && record.recovered),
    );
    expect(resumed.length).toBeGreaterThan(count);
  }, 900_000);

  it('sends a reconnecting client only the changes that it may see now, even if it could see more before', async () => {
    const staff = new OrdersClient(cluster.url, await tokenOf('staff', 'sue'));
    const before = await TestClient.connect(cluster.url, { auth: { token: await tokenOf('staff', 'sue') } });
    await staff.place({ orderId: 'first', customerId: 'ana' });
    await before.event('orderCreated', ({ orderId }) => orderId === 'first');
    const { position } = before;
    before.close();
    await staff.place({ orderId: 'of-bo', customerId: 'bo' });
    await staff.place({ orderId: 'of-ana', customerId: 'ana' });
    const auth = { token: await tokenOf('customer', 'ana'), position };
    const client = await TestClient.connect(cluster.url, { auth });
    expect(client.ready).toMatchObject({ recovered: true, replayed: 1 });
    expect(client.events.map(({ payload }) => payload.orderId)).toEqual(['of-ana']);
    client.close();
  });
}
