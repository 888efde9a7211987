import { OrdersClient } from '#testing';
import { startLocalCluster, type LocalCluster } from '../src/local-cluster.js';
import { type LocalConfig } from '../src/local.config.js';

export interface TestCluster extends LocalCluster {
  orders: OrdersClient;
}

/** A cluster on ports of its own. */
export async function startCluster(config: Partial<LocalConfig> = {}): Promise<TestCluster> {
  const cluster = await startLocalCluster({ host: '127.0.0.1', port: 0, gateways: 2, logLevel: 'fatal', ...config });
  return { ...cluster, orders: new OrdersClient(cluster.url) };
}
