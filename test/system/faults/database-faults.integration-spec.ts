import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { OrdersClient, startMongo, startRedis, Stopwatch, waitFor, type BackingService } from '@galley/testing';
import { FaultProxy } from '../harness/fault-proxy.js';
import { databaseOf, startReplicas } from '../harness/replicas.js';

/** How often each request is sent during a fault. */
const ROUNDS = 4;

/** More than the header of a message of MongoDB, less than any reply. */
const CUT_AFTER_BYTES = 20;

const FOREIGN_REPLY = Buffer.from('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');

let services: BackingService[];
let proxy: FaultProxy;
let replicas: Awaited<ReturnType<typeof startReplicas>>;
let orders: OrdersClient;

beforeAll(async () => {
  const [mongo, redis] = await Promise.all([startMongo(), startRedis()]);
  services = [mongo, redis];
  proxy = await FaultProxy.start(mongo.url);
  const env = { MONGODB_URI: databaseOf(proxy.url, 'faults'), REDIS_URL: redis.url, FEED_NAME: 'database-faults' };
  replicas = await startReplicas({ apis: 1, gateways: [], env });
  orders = new OrdersClient(replicas.apis[0]?.url ?? '');
  expect((await orders.place({ orderId: 'known' })).status).toBe(201);
}, 180_000);
afterAll(async () => {
  proxy.heal();
  await replicas.stop();
  await proxy.close();
  await Promise.all(services.map((service) => service.stop()));
}, 60_000);

const requests = [
  () => orders.place(),
  () => orders.change('known', { quantity: 7 }),
  () => orders.remove('unknown'),
  () => orders.get('known'),
  () => orders.history('known'),
  () => orders.list(),
];

const cutInReplies = (how: 'end' | 'reset') => {
  proxy.rewrite('toClient', (reply) => {
    setImmediate(() => {
      proxy.cut(how);
    });
    return reply.subarray(0, CUT_AFTER_BYTES);
  });
};

/** Each begins in the middle of requests. */
const FAULTS: [string, () => void][] = [
  [
    'is reset, and so is each new one',
    () => {
      proxy.resetAtAccept();
    },
  ],
  [
    'is closed in the middle of a reply',
    () => {
      cutInReplies('end');
    },
  ],
  [
    'is reset in the middle of a reply',
    () => {
      cutInReplies('reset');
    },
  ],
  [
    'is silent',
    () => {
      proxy.blackHole('toClient');
    },
  ],
  [
    'answers in another protocol',
    () => {
      proxy.rewrite('toClient', () => FOREIGN_REPLY);
    },
  ],
  [
    'changes bytes in the middle of each reply',
    () => {
      proxy.rewrite('toClient', (reply) =>
        Buffer.concat([
          reply.subarray(0, CUT_AFTER_BYTES),
          Buffer.alloc(Math.max(0, reply.length - CUT_AFTER_BYTES), 0xff),
        ]),
      );
    },
  ],
];

it.each(FAULTS)(
  'answers 503 with Retry-After, and never 500, while each connection to MongoDB %s',
  async (_what, beginFault) => {
    const sending = () => Promise.all(requests.map((request) => request()));
    const underWay = Array.from({ length: 3 }, sending);
    beginFault();
    const answers = (await Promise.all(underWay)).flat();
    for (let round = 0; round < ROUNDS; round++) {
      const watch = new Stopwatch();
      answers.push(...(await sending()));
      expect(watch.ms).toBeLessThan(2_500);
    }
    const refused = answers.filter(({ status }) => status >= 500);
    expect(refused.length).toBeGreaterThan(0);
    for (const { status, headers, body } of refused) {
      expect({ status, body, retryAfter: headers.get('retry-after') }).toMatchObject({
        ...{ status: 503, body: { code: 'unavailable' }, retryAfter: '1' },
      });
    }
    proxy.heal();
    await waitFor(async () => (await orders.get('known')).status === 200, 'the API to recover', 30_000);
  },
  120_000,
);
