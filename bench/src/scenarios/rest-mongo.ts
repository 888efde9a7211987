import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { MONGO_OPTIONS } from '@galley/orders-api/store/mongo/mongo.module';
import { openConnection } from '@galley/orders-api/store/mongo/open-connection';
import {
  ORDER_MODEL,
  orderSchema,
  toDocument,
  type OrderDocument,
} from '@galley/orders-api/store/mongo/order.document';
import { sleep } from '../load/clock.js';
import { apiOf, requestHeaders, type Figure, type LoadContext } from '../load/context.js';
import { measureUsage } from '../load/usage.js';
import { startPart } from '../systems/systems.js';
import { commitOf } from './order-lists.js';

const CONNECTIONS = 64;
const ORDER = { customerId: 'ana', title: 'Annual report 2026', quantity: 500, status: 'In Production' };
/** One insert of the seed, which MongoDB takes in one message. */
const SEED_BATCH = 2_000;
const SIZES = { quick: [10_000, 100_000], full: [10_000, 100_000, 1_000_000] };
const SIZE_NAMES = new Map([[10_000, '10k'], [100_000, '100k'], [1_000_000, '1m']]); // prettier-ignore
const PAGES = 20;
const PAGE = 200;
/** The lists of `list-200k` as requests ask for them, other than the one that finds nothing. */
const QUERIES = ['', 'customerId=customer-7', 'status=In%20Printing', 'open=true', 'q=wedd%20customer'];

interface Answer {
  status: number;
  body: string;
}

type Send = (method: string, path: string, body?: object) => Promise<Answer>;

/** Placings, changes, reads and pages of lists on MongoDB's protocol, in a database of its own that is dropped afterwards. */
export async function restMongo(context: LoadContext): Promise<Figure[]> {
  const { MONGODB_URI } = process.env;
  if (MONGODB_URI === undefined) {
    process.stderr.write('rest-mongo is left out: set MONGODB_URI to the database that it may use\n');
    return [];
  }
  const uri = new URL(MONGODB_URI);
  uri.pathname = `/galley-bench-${process.pid}`;
  const database = await openConnection(uri.href, MONGO_OPTIONS, 10_000);
  const orders = database.model<OrderDocument>(ORDER_MODEL, orderSchema);
  await orders.createIndexes();
  const api = await startPart(context, 'api', { isAlone: true, variables: { MONGODB_URI: uri.href } });
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  try {
    const send = senderTo(context, agent);
    const figures = await measureRequests(context, send);
    // The API is still marking what it has published.
    while (await orders.exists({ unpublishedSince: { $exists: true } })) await sleep(100);
    await orders.deleteMany({});
    let seeded = 0;
    for (const size of context.quick ? SIZES.quick : SIZES.full) {
      for (; seeded < size; seeded += SEED_BATCH) {
        const documents = Array.from({ length: SEED_BATCH }, (_, i) => publishedDocument(seeded + i));
        await database.collection<OrderDocument>('orders').insertMany(documents, { ordered: false });
      }
      figures.push(await measureLists(context, send, `rest-mongo-list-${SIZE_NAMES.get(size) ?? size}`));
    }
    return figures;
  } finally {
    agent.destroy();
    await api.stop();
    await database.dropDatabase();
    await database.close();
  }
}

function senderTo(context: LoadContext, agent: Agent): Send {
  const { hostname, port } = new URL(apiOf(context).url);
  const headers = requestHeaders(context);
  return (method, path, body) =>
    new Promise((resolve, reject) => {
      const sent = request({ agent, hostname, port, method, path, headers }, (response) => {
        text(response).then((answer) => {
          resolve({ status: response.statusCode ?? 0, body: answer });
        }, reject);
      });
      sent.once('error', reject).end(body && JSON.stringify(body));
    });
}

/** The document of an order as it is once its change is published. */
function publishedDocument(i: number): OrderDocument {
  const document: OrderDocument = { ...toDocument(commitOf(i), 'UTC'), publishedRevision: 1 };
  delete document.unpublishedSince;
  return document;
}

/** What all connections get done together, each waiting for its answers. */
async function measureRequests(context: LoadContext, send: Send): Promise<Figure[]> {
  const orderIds: string[] = [];
  const idOf = (i: number) => orderIds[i % orderIds.length] ?? '';
  const post = await saturate(context, 'rest-mongo-post', 201, async () => {
    const answer = await send('POST', '/orders', ORDER);
    if (answer.status === 201) orderIds.push((JSON.parse(answer.body) as { orderId: string }).orderId);
    return answer;
  });
  const patch = await saturate(context, 'rest-mongo-patch', 200, (i) =>
    send('PATCH', `/orders/${idOf(i)}`, { quantity: 1 + (i % 10_000) }),
  );
  const get = await saturate(context, 'rest-mongo-get', 200, (i) => send('GET', `/orders/${idOf(i)}`));
  return [post, patch, get];
}

async function saturate(
  context: LoadContext,
  name: string,
  expected: number,
  ask: (i: number) => Promise<Answer>,
): Promise<Figure> {
  const state = { asked: 0, answered: 0, others: 0, stopped: false };
  const loop = async () => {
    while (!state.stopped) {
      const { status } = await ask(state.asked++);
      if (status === expected) state.answered++;
      else state.others++;
    }
  };
  const loops = Promise.all(Array.from({ length: CONNECTIONS }, loop));
  await sleep(1_000); // warm
  const [before, measured] = [state.answered, measureUsage(context)];
  await sleep(context.quick ? 3_000 : 10_000);
  const [answered, usage] = [state.answered - before, measured()];
  state.stopped = true;
  await loops;
  return {
    ...{ name, unit: 'requests/s', better: 'higher', valid: state.others === 0 && answered > 0 },
    ...{ value: answered / usage.seconds, usage },
  };
}

/**
 * Pages of 200 orders, one after the other, of each list in turn, which begins again where it ends. A list that is refused, because the
 * database takes too long, makes the row invalid; the others are still measured.
 */
async function measureLists(context: LoadContext, send: Send, name: string): Promise<Figure> {
  const measured = measureUsage(context);
  const lists: string[] = [];
  let pages = 0;
  for (const query of QUERIES) {
    const startedAtMs = performance.now();
    const refusal = await readPages(send, query);
    if (refusal === undefined) pages += PAGES;
    lists.push(`${query || 'all'} ${refusal ?? ((performance.now() - startedAtMs) / PAGES).toFixed(1)}`);
  }
  const usage = measured();
  return {
    ...{ name, unit: 'ms a page', better: 'lower', valid: pages === PAGES * QUERIES.length, detail: lists.join(', ') },
    ...{ value: (usage.seconds * 1_000) / pages, usage },
  };
}

/** @returns the status of an answer that is no page with orders; undefined if all are */
async function readPages(send: Send, query: string): Promise<number | undefined> {
  let cursor = '';
  for (let page = 0; page < PAGES; page++) {
    const { status, body } = await send('GET', `/orders?limit=${PAGE}&${query}${cursor}`);
    const { orders = [], nextCursor } = JSON.parse(body) as { orders?: object[]; nextCursor?: string };
    if (orders.length === 0) return status;
    cursor = nextCursor === undefined ? '' : `&cursor=${encodeURIComponent(nextCursor)}`;
  }
  return undefined;
}
