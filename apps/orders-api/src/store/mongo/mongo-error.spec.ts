import { expect, it } from '@jest/globals';
import { mongo, MongooseError } from 'mongoose';
import { explainMongoError, isOutage } from './mongo-error.js';

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

/** What a server answers. The driver labels what it answers while a connection is made. */
const answered = (code: number, ...errorLabels: string[]) =>
  new mongo.MongoServerError({ message: 'No', code, errorLabels });

it.each<[string, unknown]>([
  ['a lost connection', new mongo.MongoNetworkError('reset')],
  ['a connection lost during a bulk write', new mongo.MongoServerError({ message: 'reset' })],
  ['a server that stops', answered(11_600)],
  ['a server that gave up because it took too long', answered(50)],
  ['a write that a retry could carry out', answered(1, 'RetryableWriteError')],
  [
    'a login that is refused to a new connection, as it is while the user is being changed',
    answered(18, 'HandshakeError'),
  ],
  ['a server with too much to do', answered(462, 'SystemOverloadedError', 'RetryableError')],
  [
    'a write that no majority has confirmed',
    new mongo.MongoWriteConcernError({ ok: 1, writeConcernError: { code: 64, errmsg: '' } }),
  ],
  ['a connection that Mongoose has not opened', new MongooseError('before initial connection is complete')],
  ['a damaged answer', new TypeError('undefined is not an object')],
])('is an outage: %s', (_what, error) => {
  expect(isOutage(error)).toBe(true);
});

it.each<[string, unknown]>([
  ['an id that is taken', answered(11_000)],
  ['an operator that does not exist', answered(9)],
  ['a right that the user lacks', answered(13)],
  ['no documents to insert', new mongo.MongoInvalidArgumentError('empty')],
  ['a value that Mongoose cannot cast', new MongooseError('Cast to string failed')],
])('is a defect of ours or of the settings: %s', (_what, error) => {
  expect(isOutage(error)).toBe(false);
});
