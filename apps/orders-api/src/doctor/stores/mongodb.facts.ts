import { type Connection, type Model } from 'mongoose';
import { readClock, type ClockReading } from '../clocks.js';
import { ORDER_MODEL, orderSchema, type OrderDocument } from '../../store/mongo/order.document.js';
import { MONGO_OPTIONS } from '../../store/mongo/mongo.module.js';
import { openConnection } from '../../store/mongo/open-connection.js';
import { timePings, usualOf } from './pings.js';

export interface MongoFacts {
  version?: string;
  topology: 'a single server' | 'a replica set' | 'a sharded cluster';
  /** How many members a replica set has that may have the data. */
  members: number;
  /** What acknowledges the writes of Galley. */
  writeConcern: string;
  /** The indexes that are missing, such as `deleted, status`. */
  missingIndexes: readonly string[];
  /** The milliseconds of a usual answer. */
  tookMs: number;
  unpublished: UnpublishedFacts;
  clock?: ClockReading;
}

/** The orders with changes that are not marked as published. */
export interface UnpublishedFacts {
  /** At most 1,000 are counted. */
  orders: number;
  /** Milliseconds since the oldest of these changes, by the clock of the database; 0 if there is none. */
  oldestMs: number;
}

export const MOST_COUNTED = 1_000;

const PINGS = 5;

/** The reply to `hello`, as far as it is used. */
interface Hello {
  setName?: string;
  hosts?: string[];
  msg?: string;
  localTime?: Date;
}

/** @throws Error with a sentence, if MongoDB does not answer */
export async function readMongo(uri: string): Promise<MongoFacts> {
  const connection = await openConnection(uri, MONGO_OPTIONS, 0);
  try {
    return await readFrom(connection);
  } finally {
    await connection.close();
  }
}

async function readFrom(connection: Connection): Promise<MongoFacts> {
  const orders = connection.model<OrderDocument>(ORDER_MODEL, orderSchema);
  const admin = connection.getClient().db('admin');
  let hello: Hello = {};
  const clock = await readClock('MongoDB', async () => {
    hello = await admin.command({ hello: 1 });
    return hello.localTime?.getTime();
  });
  const { version } = (await admin.command({ buildInfo: 1 })) as { version?: string };
  return {
    version,
    topology: topologyOf(hello),
    members: hello.hosts?.length ?? 1,
    writeConcern: String(connection.getClient().options.writeConcern.w ?? 1),
    missingIndexes: await findMissingIndexes(orders),
    tookMs: usualOf(await timePings(PINGS, () => admin.command({ ping: 1 }))),
    unpublished: await readUnpublished(orders, hello.localTime),
    clock,
  };
}

function topologyOf({ setName, msg }: Hello): MongoFacts['topology'] {
  if (msg === 'isdbgrid') return 'a sharded cluster';
  return setName === undefined ? 'a single server' : 'a replica set';
}

/** Compares with the indexes that `npm run db:indexes` builds. */
async function findMissingIndexes(orders: Model<OrderDocument>): Promise<string[]> {
  const { toCreate } = await orders.diffIndexes({ indexOptionsToCreate: false });
  return toCreate.map((fields) => Object.keys(fields as Record<string, unknown>).join(', '));
}

async function readUnpublished(orders: Model<OrderDocument>, now: Date | undefined): Promise<UnpublishedFacts> {
  const isWaiting = { unpublishedSince: { $exists: true } };
  const [count, oldest] = await Promise.all([
    orders.countDocuments(isWaiting, { limit: MOST_COUNTED }),
    orders
      .findOne(isWaiting, { unpublishedSince: 1 })
      .sort({ unpublishedSince: 1, _id: 1 })
      .lean<OrderDocument | null>(),
  ]);
  const since = oldest?.unpublishedSince?.getTime();
  return { orders: count, oldestMs: since === undefined || !now ? 0 : Math.max(0, now.getTime() - since) };
}
