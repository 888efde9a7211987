import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { own, waitFor } from '@galley/testing';
import { checkRun, Workload } from '@galley/verification';
import { Balancer } from '../harness/balancer.js';
import { startCluster } from '../harness/cluster.js';
import { startReplicas } from '../harness/replicas.js';
import { rolloutSteps, type RolloutStrategy } from './rollout-schedule.js';

const GATEWAYS = 3;
const CLIENTS = 60;
/** One second of the schedule takes a tenth of it. */
const SPEED = 10;
/** How long each new pod takes until it is ready. The times differ by less than preStop. */
const START_SECONDS = [5, 6, 7];

interface GatewayDeployment {
  spec: {
    minReadySeconds: number;
    strategy: { rollingUpdate: { maxSurge: string | number } };
    template: {
      spec: {
        containers: {
          env: { name: string; value?: string }[];
          lifecycle: { preStop: { sleep: { seconds: number } } };
        }[];
      };
    };
  };
}

const { spec } = parse(readFileSync('k8s/base/gateway/deployment.yaml', 'utf8')) as GatewayDeployment;
const [container] = spec.template.spec.containers;
const drainWindowMs = Number(container?.env.find(({ name }) => name === 'DRAIN_WINDOW_MS')?.value);

const OF_MANIFEST: RolloutStrategy = {
  replicas: GATEWAYS,
  maxSurge: podsOf(spec.strategy.rollingUpdate.maxSurge),
  minReadySeconds: spec.minReadySeconds,
  preStopSeconds: container?.lifecycle.preStop.sleep.seconds ?? 0,
};

/** @param surge a number of pods, or a part of all in percent */
function podsOf(surge: string | number): number {
  return typeof surge === 'number' ? surge : Math.ceil((parseInt(surge, 10) / 100) * GATEWAYS);
}

/** Replaces three gateways in processes of their own, and counts how often each client moves. */
async function movesOfRollout(strategy: RolloutStrategy): Promise<number[]> {
  const cluster = await startCluster({ gateways: 1 });
  const names = ['old', 'new'].flatMap((version) => START_SECONDS.map((_, i) => `${version}-${i}`));
  const { gateways } = await startReplicas({
    ...{ apis: 0, gateways: names },
    env: {
      ...{ REDIS_URL: cluster.redisUrl, FEED_NAME: 'local' },
      DRAIN_WINDOW_MS: String(drainWindowMs / SPEED),
    },
  });
  const [oldOnes, newOnes] = [gateways.slice(0, GATEWAYS), gateways.slice(GATEWAYS)];
  const balancer = await Balancer.start('in turn');
  const serving = new Set(oldOnes);
  const serve = () => {
    balancer.serve([...serving].map(({ url }) => url));
  };
  serve();
  const workload = new Workload({
    ...{ apiUrls: [cluster.url], gatewayUrls: [balancer.url], clients: CLIENTS },
    ...{ orders: 10, concurrency: 2, seed: 11, settleWithinMs: 20_000 },
  });
  own(() => {
    workload.close();
  });
  await workload.connect();
  const writing = workload.writers.run(200, 20);

  const started = performance.now();
  const stops: Promise<void>[] = [];
  for (const { atSeconds, event, pod } of rolloutSteps(strategy, START_SECONDS)) {
    await delay(Math.max(0, started + (atSeconds * 1_000) / SPEED - performance.now()));
    const gateway = (event === 'ready' ? newOnes : oldOnes)[pod];
    if (!gateway) throw new Error(`There is no pod ${pod}`);
    if (event === 'ready') serving.add(gateway);
    else if (event === 'leaves') serving.delete(gateway);
    else stops.push(gateway.stop());
    serve();
  }
  await Promise.all([...stops, writing]);
  await waitFor(() => workload.clients.every(({ connected }) => connected), 'all clients to have moved', 20_000);
  expect(checkRun(await workload.finish()).violations).toEqual([]);
  return workload.clients.map(({ connectedAt }) => connectedAt.length - 1);
}

const meanOf = (moves: readonly number[]) => moves.reduce((sum, count) => sum + count, 0) / moves.length;

it('moves each client once in a rollout of the manifest, although the proxy takes the gateways in turn', async () => {
  const moves = await movesOfRollout(OF_MANIFEST);
  process.stdout.write(`moves per client: ${meanOf(moves).toFixed(2)}, at most ${Math.max(...moves)}\n`);
  expect(new Set(moves)).toEqual(new Set([1]));
}, 120_000);
