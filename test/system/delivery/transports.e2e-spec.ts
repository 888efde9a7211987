import { expect, it } from '@jest/globals';
import { waitFor } from '@galley/testing';
import { checkRun, Workload } from '@galley/verification';
import { startCluster } from '../harness/cluster.js';

it('delivers everything once and in order to clients that use WebSocket, that poll, that upgrade, and that read /changes', async () => {
  const cluster = await startCluster();
  const workload = new Workload({
    apiUrls: [cluster.url],
    gatewayUrls: [...cluster.gateways.values()],
    clients: 6,
    streams: 2,
    transports: [['websocket'], ['polling'], ['polling', 'websocket']],
    orders: 10,
    concurrency: 4,
    seed: 1,
    settleWithinMs: 10_000,
  });
  try {
    await workload.connect();
    await workload.writers.run(10); // without a position there is nothing to resume from
    await workload.settled();
    const writing = workload.writers.run(200, 200);
    for (const client of workload.clients) client.cut();
    await writing;
    const { violations, counts } = checkRun(await workload.finish());
    expect(violations).toEqual([]);
    expect(counts.resyncs).toBe(0);
    const transports = () => workload.clients.map(({ transport }) => transport).sort();
    await waitFor(
      () => transports().join() === 'polling,polling,stream,stream,websocket,websocket,websocket,websocket',
      'clients to upgrade',
    );
  } finally {
    workload.close();
    await cluster.close();
  }
});
