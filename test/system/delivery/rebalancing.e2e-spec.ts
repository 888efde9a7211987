import { expect, it } from '@jest/globals';
import { createGateway } from '@galley/gateway/create-app';
import { Connections } from '@galley/gateway/connections/connections';
import { readGatewayConfig } from '@galley/gateway/gateway.config';
import { listen } from '@galley/runtime';
import { own, waitFor } from '@galley/testing';
import { checkRun, Workload } from '@galley/verification';
import { Balancer } from '../harness/balancer.js';
import { startCluster, type TestCluster } from '../harness/cluster.js';

const CLIENTS = 90;
const STREAMS = 10;
/** Clients of each gateway, before and after another one is added. Too many may move while counts are on their way. */
const BEFORE = 50;
const AFTER = { atLeast: 28, atMost: 38 };

/** Starts a gateway of the cluster that moves clients within seconds instead of minutes. */
async function startGateway({ redisUrl }: TestCluster, name: string) {
  const config = readGatewayConfig({
    ...{ AUTH: 'open', REDIS_URL: redisUrl, FEED_NAME: 'local', LOG_LEVEL: 'fatal', GATEWAY_NAME: name },
    ...{ HANDSHAKES_PER_ADDRESS_BURST: '10000', STRANGER_REQUESTS_BURST: '10000', REBALANCE_PER_MINUTE: '600' },
  });
  // A client that has moved stays for longer than the others take. A busy machine is silent for a second now and then.
  const rebalance = { ...config.rebalance, tellEveryMs: 500, settleMs: 1_500, keepMs: 8_000 };
  const app = await createGateway({ ...config, rebalance });
  own(() => app.close());
  const url = `http://127.0.0.1:${await listen(app, { host: '127.0.0.1', port: 0 })}`;
  return { url, connections: app.get(Connections, { strict: false }) };
}

it('sends clients to a gateway that was added, each at most once, and they lose, repeat and reorder nothing', async () => {
  const cluster = await startCluster({ gateways: 1 });
  const balancer = await Balancer.start('fewest connections');
  const gateways = await Promise.all(['one', 'two'].map((name) => startGateway(cluster, name)));
  balancer.serve(gateways.map(({ url }) => url));
  const workload = new Workload({
    ...{ apiUrls: [cluster.url], gatewayUrls: [balancer.url], clients: CLIENTS, streams: STREAMS },
    ...{ orders: 20, concurrency: 4, seed: 7, settleWithinMs: 30_000 },
  });
  own(() => {
    workload.close();
  });
  await workload.connect();
  expect(gateways.map(({ connections }) => connections.size)).toEqual([BEFORE, BEFORE]);

  gateways.push(await startGateway(cluster, 'three'));
  balancer.serve(gateways.map(({ url }) => url));
  const isEven = () =>
    gateways.every(({ connections: { size } }) => size >= AFTER.atLeast && size <= AFTER.atMost) &&
    workload.clients.every(({ connected }) => connected);
  const writing = workload.writers.run(400, 40);
  await waitFor(isEven, 'the clients to spread over three gateways', 60_000);
  await writing;

  const run = await workload.finish();
  const { violations, counts } = checkRun(run);
  expect(violations).toEqual([]);
  expect(counts.resyncs).toBe(0);
  const moves = workload.clients.map(({ connectedAt }) => connectedAt.length - 1);
  expect(Math.max(...moves)).toBe(1);
  const moved = moves.filter((count) => count === 1).length;
  expect(moved).toBeGreaterThanOrEqual(AFTER.atLeast);
  expect(moved).toBeLessThanOrEqual(2 * AFTER.atMost);
}, 120_000);
