import { startMongo } from '@galley/testing';
import { startCluster } from './cluster.js';
import { databaseOf } from './replicas.js';

/** A cluster with one gateway and a MongoDB of its own. @param name of the database */
export async function startMongoCluster(name: string) {
  const mongo = await startMongo();
  const cluster = await startCluster({ gateways: 1, mongodbUri: databaseOf(mongo.url, name) });
  return {
    ...cluster,
    close: async () => {
      await cluster.close();
      await mongo.stop();
    },
  };
}
