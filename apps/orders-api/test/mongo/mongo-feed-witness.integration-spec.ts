import { expect, it } from '@jest/globals';
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

const documents = () =>
  mongo.connection
    .useDb(`galley-test-${process.pid}`)
    .model<FeedDocument>(FEED_MODEL, feedSchema, undefined, { overwriteModels: true });
const open = () =>
  new MongoFeedWitness(documents(), new Database(mongo.connection, mongo.service.url), `feed-${++feeds}`);

feedWitnessContract(() => Promise.resolve(open()));

const position = { epoch: '00000001aaaaaaaa', seq: 7, digest: '0123456789abcdef' };

it.each([['zzz'], [''], [7], [null], [new Date()], [['a']], [{ a: 1 }]])(
  'replaces a recorded position that is damaged, %j, with the next one',
  async (damaged) => {
    const witness = open();
    await documents().collection.insertOne({ _id: `feed-${feeds}` as never, newest: damaged });
    expect(await witness.newest()).toBeUndefined();
    expect(await witness.record(position, undefined)).toBe(true);
    expect(await witness.newest()).toEqual(position);
    expect(await witness.record({ ...position, seq: 8 }, undefined)).toBe(false);
  },
);
