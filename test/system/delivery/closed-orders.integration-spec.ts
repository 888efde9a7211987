import { startMongo } from '@galley/testing';
import { startCluster } from '../harness/cluster.js';
import { closedOrdersContract } from './closed-orders.contract.js';

closedOrdersContract(async () => {
  const mongo = await startMongo();
  const database = new URL(mongo.url);
  database.pathname = `/galley-test-${process.pid}-closed`;
  const cluster = await startCluster({ gateways: 1, mongodbUri: database.href });
  return {
    ...cluster,
    close: async () => {
      await cluster.close();
      await mongo.stop();
    },
  };
});
