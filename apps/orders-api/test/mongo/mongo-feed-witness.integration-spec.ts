import { feedWitnessContract } from '../../src/store/feed-witness.contract.js';
import { mongoOfFile } from './mongo-of-file.js';
import { Database } from '../../src/store/mongo/database.js';
import {
  FEED_MODEL,
  feedSchema,
  MongoFeedWitness,
  type FeedDocument,
} from '../../src/store/mongo/mongo-feed-witness.js';

const mongo = mongoOfFile();
let feeds = 0;

feedWitnessContract(() => {
  const documents = mongo.connection
    .useDb(`galley-test-${process.pid}`)
    .model<FeedDocument>(FEED_MODEL, feedSchema, undefined, { overwriteModels: true });
  return Promise.resolve(
    new MongoFeedWitness(documents, new Database(mongo.connection, mongo.service.url), `feed-${++feeds}`),
  );
});
