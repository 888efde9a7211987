import { afterAll, beforeAll } from '@jest/globals';
import mongoose, { type Connection } from 'mongoose';
import { startMongo, waitFor, type BackingService } from '@galley/testing';
import { feedWitnessContract } from '../feed-witness.contract.js';
import { Database } from './database.js';
import { FEED_MODEL, feedSchema, MongoFeedWitness, type FeedDocument } from './mongo-feed-witness.js';
import { MONGO_OPTIONS } from './mongo.module.js';

let mongo: BackingService;
let connection: Connection;
let feeds = 0;

beforeAll(async () => {
  mongo = await startMongo();
  connection = await waitFor(() => mongoose.createConnection(mongo.url, MONGO_OPTIONS).asPromise(), 'MongoDB');
}, 180_000);
afterAll(async () => {
  await connection.close();
  await mongo.stop();
});

feedWitnessContract(() => {
  const documents = connection
    .useDb(`galley-test-${process.pid}`)
    .model<FeedDocument>(FEED_MODEL, feedSchema, undefined, { overwriteModels: true });
  return Promise.resolve(new MongoFeedWitness(documents, new Database(connection, mongo.url), `feed-${++feeds}`));
});
