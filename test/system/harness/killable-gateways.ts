import { AuditLog } from '@galley/runtime';
import { FrontProxy } from '@galley/local/front-proxy';
import { own } from '@galley/testing';
import { type TestCluster } from './cluster.js';
import { startReplicas } from './replicas.js';

export interface KillableGateways {
  /** The URL of a front with the pages, REST, and these gateways in turn. */
  url: string;
  /** @param name of the gateway */
  kill: (name: string) => Promise<void> | undefined;
}

/** More gateways of a cluster, each in its own process. */
export async function startKillableGateways(
  { url: clusterUrl, redisUrl }: TestCluster,
  names: readonly string[],
): Promise<KillableGateways> {
  const { gateways } = await startReplicas({
    ...{ apis: 0, gateways: names },
    env: { REDIS_URL: redisUrl, FEED_NAME: 'local', TRUST_PROXY: 'loopback' },
  });
  const byName = new Map(gateways.map((gateway, i) => [names[i] ?? '', gateway]));
  const audit = new AuditLog({ level: 'fatal', format: 'text', name: 'front' });
  const front = new FrontProxy({ total: 1_000, perAddress: 1_000 }, audit);
  own(() => front.close());
  const port = await front.listen(0, '127.0.0.1');
  front.serve({ api: clusterUrl, gateways: new Map([...byName].map(([name, { url }]) => [name, url])) });
  return {
    url: `http://127.0.0.1:${port}`,
    kill: (name) => byName.get(name)?.kill(),
  };
}
