import { startCluster } from '../harness/cluster.js';
import { contentFieldsContract } from './content-fields.contract.js';

contentFieldsContract(() => startCluster({ gateways: 1 }));
