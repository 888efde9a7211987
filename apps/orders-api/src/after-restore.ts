import { type Connection } from 'mongoose';
import { z } from 'zod';
import { RedisChangeFeed, type PublishedChange } from '@galley/change-feed';
import { formatPosition } from '@galley/contracts';
import { readEnvironment, runTool, variables } from '@galley/runtime';
import { ordersApiVariables } from './orders-api.config.js';
import { lostChanges, reachesBackTo } from './restore/lost-changes.js';
import { Database } from './store/mongo/database.js';
import { FEED_MODEL, feedSchema, MongoFeedWitness, type FeedDocument } from './store/mongo/mongo-feed-witness.js';
import { MONGO_OPTIONS } from './store/mongo/mongo.module.js';
import { openConnection } from './store/mongo/open-connection.js';
import { ORDER_MODEL, orderSchema, type OrderDocument } from './store/mongo/order.document.js';
import { storedRevisions } from './store/mongo/stored-revisions.js';

const HELP = `npm run --silent db:after-restore -- [--begin-anew]

Run it after MongoDB was restored from a backup, while no orders API runs. Prints each change that the log in Redis has and the
database lacks, as a line of JSON, oldest first: what was written after the backup. With --begin-anew the feed then begins anew,
so that each client fetches its orders once. It reads the MONGODB_URI, REDIS_URL and FEED_NAME of the orders API.
`;

const OPTIONS = { 'begin-anew': { type: 'boolean', default: false } } as const;

const { REDIS_URL, FEED_NAME, FEED_HISTORY } = ordersApiVariables.shape;
const environment = z.object({ MONGODB_URI: variables.mongodbUri, REDIS_URL, FEED_NAME, FEED_HISTORY });

await runTool({ help: HELP, options: OPTIONS }, async ({ 'begin-anew': beginsAnew }) => {
  const e = readEnvironment(environment, process.env);
  const connection = await openConnection(e.MONGODB_URI, MONGO_OPTIONS, 0);
  const feed = new RedisChangeFeed({ url: e.REDIS_URL, name: e.FEED_NAME, history: e.FEED_HISTORY });
  await feed.connected();
  const orders = connection.model<OrderDocument>(ORDER_MODEL, orderSchema);

  let count = 0;
  for await (const change of lostChanges(feed, (orderIds) => storedRevisions(orders, orderIds))) {
    count++;
    if (!process.stdout.write(`${toLine(change)}\n`)) await drained();
  }
  say(`Changes that the database lacks: ${count}`);
  if (!(await reachesBackTo(feed, await recordedIn(connection, e)))) {
    say('The log does not reach back to the backup: more changes may be lost, which nobody can list');
  }
  if (beginsAnew) {
    await feed.reset();
    say('The feed begins anew. Start the orders APIs');
  }
  await feed.close();
  await connection.close();
});

/** The newest position that the database had recorded when it was backed up. */
function recordedIn(connection: Connection, e: z.output<typeof environment>) {
  const documents = connection.model<FeedDocument>(FEED_MODEL, feedSchema);
  return new MongoFeedWitness(documents, new Database(connection, e.MONGODB_URI), e.FEED_NAME).newest();
}

function toLine({ position, event, order, staffPart, type, ...header }: PublishedChange): string {
  const { orderId, customerId, revision, timestamp } = header;
  return JSON.stringify({
    ...{ position: formatPosition(position), type, orderId, customerId, revision, timestamp },
    event: parsed(event),
    order: parsed(order),
    staffPart: parsed(staffPart),
  });
}

function parsed(json: string | undefined): unknown {
  return json === undefined ? undefined : JSON.parse(json);
}

function drained(): Promise<void> {
  return new Promise((resolve) => process.stdout.once('drain', resolve));
}

/** On the standard error, because the standard output has the changes. */
function say(sentence: string): void {
  process.stderr.write(`${sentence}\n`);
}
