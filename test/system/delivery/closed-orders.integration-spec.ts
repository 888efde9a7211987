import { startMongoCluster } from '../harness/mongo-cluster.js';
import { closedOrdersContract } from './closed-orders.contract.js';

closedOrdersContract(() => startMongoCluster('closed'));
