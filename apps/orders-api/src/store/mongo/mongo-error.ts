import { mongo, MongooseError } from 'mongoose';

const AUTHENTICATION_FAILED = 18;
const DUPLICATE_KEY = 11_000;

/** Whether a document was not inserted because its id is taken. */
export const isDuplicateKey = (error: unknown): boolean =>
  error instanceof mongo.MongoServerError && error.code === DUPLICATE_KEY;

/** What a server answers while it starts, stops, changes its role or has too much to do. The driver retries on most of these. */
const TRANSIENT_CODES = new Set([6, 7, 50, 89, 91, 189, 262, 9_001, 10_107, 11_600, 11_602, 13_435, 13_436]);

/** Labels of errors that say nothing about the command: it may even not have been sent. */
const OUTAGE_LABELS = ['RetryableWriteError', 'HandshakeError', 'SystemOverloadedError'];

/**
 * Whether the exchange with the database has failed. Not an outage is what the database answers to a command of ours, and
 * what is refused before a command is sent: these are our own defects. The driver has many other errors, and a connection
 * that ends at an unlucky moment gives almost any of them.
 */
export function isOutage(error: unknown): boolean {
  // A write that the primary has, and a majority perhaps not.
  if (error instanceof mongo.MongoWriteConcernError) return true;
  // The driver reports a connection that was lost during a bulk write as a server error, but without a code.
  if (error instanceof mongo.MongoServerError && error.code !== undefined) {
    return OUTAGE_LABELS.some((label) => error.hasErrorLabel(label)) || TRANSIENT_CODES.has(Number(error.code));
  }
  if (error instanceof mongo.MongoError) return !(error instanceof mongo.MongoInvalidArgumentError);
  // Mongoose throws its own errors while there is no connection yet. All its other errors are our own defects.
  if (error instanceof MongooseError) return /initial connection|buffering timed out|closed/.test(error.message);
  // A reply that is cut or damaged makes the driver throw errors of sockets, of BSON, and even a TypeError.
  return true;
}

export interface MongoProblem {
  /** What is wrong and what to do. It never has a password. */
  sentence: string;
  /** Whether another attempt would fail too. */
  isFinal: boolean;
}

/** Why a connection cannot be opened. */
export function explainMongoError(error: unknown, uri: string): MongoProblem {
  const hosts = hostsOf(uri);
  const { code, message, name } = Object(error) as { code?: unknown; message?: string; name?: unknown };
  if (code === AUTHENTICATION_FAILED) {
    return { sentence: `MongoDB at ${hosts} does not accept the user and password of MONGODB_URI`, isFinal: true };
  }
  // The driver has two classes of this name.
  if (name === 'MongoParseError' || name === 'MongoInvalidArgumentError') {
    return { sentence: `MONGODB_URI is not valid: ${withoutLogin(message ?? '')}`, isFinal: true };
  }
  const { servers, setName } = topologyOf(error);
  if (servers.length === 0 && setName) {
    const sentence = `No member of the replica set ${setName} of MONGODB_URI answers at ${hosts}: start it, or set MONGODB_URI`;
    return { sentence, isFinal: false };
  }
  const reason =
    servers.map((server) => server.error?.message).find((text) => text) ?? message ?? 'no reason was given';
  const sentence = `MongoDB does not answer at ${hosts}: start it, or set MONGODB_URI (${withoutLogin(reason)})`;
  return { sentence, isFinal: false };
}

/** What the driver knew of the servers when it gave up. */
function topologyOf(error: unknown): { servers: mongo.ServerDescription[]; setName?: string | null } {
  const { reason } = Object(error) as { reason?: Partial<mongo.TopologyDescription> };
  return { servers: [...(reason?.servers?.values() ?? [])], setName: reason?.setName };
}

/** The hosts of a connection string: what is behind its login. */
const hostsOf = (uri: string): string =>
  (uri.split('@').at(-1) ?? '').replace(/^[a-z+]+:\/\//, '').replace(/[/?].*/, '');

/** The first line, because OpenSSL's has two, without anything that could be a login. */
const withoutLogin = (text: string): string => text.replace(/\n[^]*/, '').replace(/\/\/\S*@/g, '//');
