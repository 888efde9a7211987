import { OrdersClient, own } from '@galley/testing';
import { startLocalCluster, type LocalCluster } from '@galley/local/local-cluster';
import { type LocalConfig } from '@galley/local/local.config';

export interface TestCluster extends LocalCluster {
  orders: OrdersClient;
}

/** All clients of a test connect from one address, and at once. */
const UNLIMITED = { RATE_LIMIT_PER_SECOND: '1000000', RATE_LIMIT_BURST: '1000000', STRANGER_REQUESTS_BURST: '1000000' };

const MANY_CONNECTIONS = { total: 10_000, perAddress: 10_000 };

/** Starts a cluster on its own ports. */
export async function startCluster(config: Partial<LocalConfig> = {}): Promise<TestCluster> {
  const settings = { AUTH: 'open', TRUST_PROXY: 'loopback', ...UNLIMITED, ...config.settings };
  const cluster = await startLocalCluster({
    ...{
      host: '127.0.0.1',
      port: 0,
      gateways: 2,
      logLevel: 'fatal',
      connections: MANY_CONNECTIONS,
      open: settings.AUTH === 'open',
      demoDay: false,
    },
    ...config,
    settings,
  });
  own(() => cluster.close());
  return { ...cluster, orders: new OrdersClient(cluster.url) };
}
