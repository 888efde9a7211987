import { startMongoCluster } from '../harness/mongo-cluster.js';
import { contentFieldsContract } from './content-fields.contract.js';

contentFieldsContract(() => startMongoCluster('content'));
