import { startMongoCluster } from '../harness/mongo-cluster.js';
import { batchesContract } from './batches.contract.js';

batchesContract(() => startMongoCluster('batches'));
