import { startCluster } from '../harness/cluster.js';
import { closedOrdersContract } from './closed-orders.contract.js';

closedOrdersContract(() => startCluster({ gateways: 1 }));
