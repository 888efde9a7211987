import { expect, it } from '@jest/globals';
import { mongo } from 'mongoose';
import { explainMongoError } from './mongo-error.js';

const URI = 'mongodb://ana:hunter2@one.example:27017,two.example/galley?replicaSet=rs0';
const HOSTS = 'one.example:27017,two.example';

/** What the driver throws if it finds no server. */
const notFound = (servers: object[], setName: string | null = null) =>
  Object.assign(new Error('Server selection timed out after 1500 ms'), {
    reason: { servers: new Map(servers.map((server, i) => [String(i), server])), setName },
  });

it.each<[string, unknown, string, boolean]>([
  [
    'it is away',
    notFound([{}, { error: new Error('connect ECONNREFUSED 127.0.0.1:27017') }], 'rs0'),
    `MongoDB does not answer at ${HOSTS}: start it, or set MONGODB_URI (connect ECONNREFUSED 127.0.0.1:27017)`,
    false,
  ],
  [
    'its servers are of another replica set',
    notFound([], 'rs0'),
    `No member of the replica set rs0 of MONGODB_URI answers at ${HOSTS}: start it, or set MONGODB_URI`,
    false,
  ],
  [
    'it does not know the user',
    new mongo.MongoServerError({ message: 'Authentication failed.', code: 18 }),
    `MongoDB at ${HOSTS} does not accept the user and password of MONGODB_URI`,
    true,
  ],
  [
    'the connection string has an unknown option',
    new mongo.MongoParseError('option foo is not supported'),
    'MONGODB_URI is not valid: option foo is not supported',
    true,
  ],
  [
    'the reason contains a login',
    new Error('cannot use mongodb://ana:hunter2@one.example\nat all'),
    `MongoDB does not answer at ${HOSTS}: start it, or set MONGODB_URI (cannot use mongodb://one.example)`,
    false,
  ],
])('says what to do if %s', (_what, error, sentence, isFinal) => {
  expect(explainMongoError(error, URI)).toEqual({ sentence, isFinal });
});

it.each([
  ['mongodb://localhost/galley', 'localhost'],
  ['mongodb+srv://ana:hunter2@cluster.example/?tls=true', 'cluster.example'],
  ['mongodb://ana:hun@ter2@one.example', 'one.example'],
  ['mongodb://ana:hun/ter2@one.example', 'one.example'],
])('never shows the login of %s', (uri, hosts) => {
  const { sentence } = explainMongoError(new Error('away'), uri);
  expect(sentence).toBe(`MongoDB does not answer at ${hosts}: start it, or set MONGODB_URI (away)`);
});
