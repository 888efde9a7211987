import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mintToken } from '@galley/access';
import { type Ack, type TokenRefreshed, type TrackingLink } from '@galley/contracts';
import { readOrdersApiConfig } from '@galley/orders-api/orders-api.config';
import { OrdersClient, own, startMongo, startRedis, TestClient, waitFor, type BackingService } from '@galley/testing';
import { ComposeSecrets } from '../harness/compose-secrets.js';
import { databaseOf, startReplicas, type Replica } from '../harness/replicas.js';

const CLIENTS = 200;
const WRITES_PER_SECOND = 20;
const STAFF = { role: 'staff', sub: 'sue', expiresIn: 3_600 } as const;

describe('a change of keys under load', () => {
  const services: BackingService[] = [];
  const secrets = new ComposeSecrets();
  let replicas: Awaited<ReturnType<typeof startReplicas>>;
  /** An API that is being restarted, which a balancer would pass by. */
  let restarting: Replica | undefined;
  let clients: TestClient[];
  let writing: Promise<void>;
  let isDone = false;
  let writes = 0;
  /** Answers and refusals that a client or a writer must not get. */
  const refused: string[] = [];

  /** A token that is signed with the key that signs now. */
  const newToken = () => {
    const { signingKey } = readOrdersApiConfig({
      REDIS_URL: 'redis://127.0.0.1',
      AUTH_PUBLIC_KEYS_FILE: secrets.fileOf('orders-api', 'public-keys'),
      AUTH_PRIVATE_KEY_FILE: secrets.fileOf('orders-api', 'private-key'),
    });
    return mintToken({ ...signingKey, ...STAFF });
  };
  let token: string;

  const anApi = (): OrdersClient => {
    const ready = replicas.apis.filter((api) => api !== restarting);
    return new OrdersClient(ready[writes % ready.length]?.url ?? '', token);
  };

  async function write(): Promise<void> {
    const api = anApi();
    const { status } = await api.change('job', { quantity: ++writes });
    if (status !== 200) refused.push(`a write at ${api.url}: ${status}`);
  }

  async function writeUntilDone(): Promise<void> {
    while (!isDone) await Promise.all([write(), delay(1_000 / WRITES_PER_SECOND)]);
  }

  async function connect(url: string): Promise<TestClient> {
    const client = await TestClient.connect(url, { transports: ['websocket'], auth: { token } });
    client.socket.auth = (give) => {
      give({ token, position: client.position });
    };
    client.socket.on('connect_error', (error) => {
      const { data } = error as { data?: { code: string } };
      if (data) refused.push(`a client at ${url}: ${data.code}`);
    });
    return client;
  }

  /** Restarts one replica after the other, so that each reads the keys again. */
  async function rollOut(): Promise<void> {
    for (const gateway of replicas.gateways) await gateway.restart();
    for (const api of replicas.apis) {
      restarting = api;
      await api.restart();
      restarting = undefined;
    }
    await waitFor(() => clients.every(({ socket }) => socket.connected), 'all clients to be back', 60_000);
  }

  async function renewTokens(): Promise<void> {
    token = await newToken();
    const renew = ({ socket }: TestClient): Promise<Ack<TokenRefreshed>> =>
      socket.timeout(30_000).emitWithAck('refreshToken', { token });
    const answers = await Promise.all(clients.map(renew));
    for (const answer of answers) if (!answer.ok) refused.push(`a renewal: ${answer.error.code}`);
  }

  const newLink = async () => (await anApi().send<TrackingLink>('POST', '/orders/job/tracking-links', {})).body.token;
  /** What every API answers to the holder of a link. */
  const statusesOf = (link: string) =>
    Promise.all(replicas.apis.map(async ({ url }) => (await new OrdersClient(url, link).get('job')).status));

  beforeAll(async () => {
    const [mongo, redis] = await Promise.all([startMongo(), startRedis()]);
    services.push(mongo, redis);
    const filesOf = (app: 'orders-api' | 'gateway') => ({
      AUTH_PUBLIC_KEYS_FILE: secrets.fileOf(app, 'public-keys'),
      AUTH_JWT_SECRET_FILE: secrets.fileOf(app, 'jwt-secret'),
    });
    token = await newToken();
    replicas = await startReplicas({
      apis: 2,
      gateways: ['one', 'two'],
      env: { AUTH: 'required', REDIS_URL: redis.url, FEED_NAME: `rotation-${process.pid}`, DRAIN_WINDOW_MS: '500' },
      ofApi: () => ({
        ...filesOf('orders-api'),
        AUTH_PRIVATE_KEY_FILE: secrets.fileOf('orders-api', 'private-key'),
        MONGODB_URI: databaseOf(mongo.url, 'rotation'),
      }),
      ofGateway: () => filesOf('gateway'),
    });
    expect((await anApi().place({ orderId: 'job' })).status).toBe(201);
    const urls = replicas.gateways.map(({ url }) => url);
    clients = await Promise.all(Array.from({ length: CLIENTS }, (_, i) => connect(urls[i % urls.length] ?? '')));
    writing = writeUntilDone();
    own(() => {
      isDone = true;
    });
  }, 180_000);
  afterAll(async () => {
    isDone = true;
    for (const client of clients) client.close();
    await replicas.stop();
    await Promise.all(services.map((service) => service.stop()));
  }, 60_000);

  it('refuses nobody, and loses no change, while each step reaches one replica after the other', async () => {
    const oldLink = await newLink();
    secrets.make('add-key');
    await rollOut();
    expect(refused).toEqual([]);

    secrets.make('use-key');
    await rollOut();
    const newerLink = await newLink();
    expect(await statusesOf(oldLink)).toEqual([200, 200]);
    expect(await statusesOf(newerLink)).toEqual([200, 200]);
    await renewTokens();

    secrets.make('drop-key');
    await rollOut();
    expect(await statusesOf(newerLink)).toEqual([200, 200]);
    // A link ends with the key that it was signed with.
    expect(await statusesOf(oldLink)).toEqual([401, 401]);

    isDone = true;
    await writing;
    expect(writes).toBeGreaterThan(100);
    const all = Array.from({ length: writes }, (_, i) => i + 2);
    for (const client of clients) {
      await waitFor(() => client.revisions('job/update').length >= writes, 'every change', 30_000);
      expect(client.revisions('job/update')).toEqual(all);
    }
    expect(refused).toEqual([]);
  }, 300_000);
});
