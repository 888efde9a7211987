import { mongo } from 'mongoose';

const AUTHENTICATION_FAILED = 18;
const DUPLICATE_KEY = 11_000;

/** Whether a document was not inserted because its id is taken. */
export const isDuplicateKey = (error: unknown): boolean =>
  error instanceof mongo.MongoServerError && error.code === DUPLICATE_KEY;

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
