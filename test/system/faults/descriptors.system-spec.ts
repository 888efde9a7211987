import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EmbeddedRedis } from '@galley/embedded-redis';
import { exchange, freePort, own, Program, TestClient, waitFor } from '@galley/testing';
import { RawClient, upgradeRequest } from '@galley/verification';
import { startCluster, type TestCluster } from '../harness/cluster.js';

/** More than 300, because Node opens so many files at once while it loads the modules of the gateway. */
const OPEN_FILES = 400;
const MOST_CLIENTS = OPEN_FILES - 96;
const POLLING_CLIENTS = 10;

describe('a gateway whose process may open few files', () => {
  let redis: EmbeddedRedis;
  let cluster: TestCluster;
  let gateway: Program;
  let url: string;

  beforeAll(async () => {
    redis = await EmbeddedRedis.start();
    cluster = await startCluster({ redisUrl: redis.url, gateways: 0 });
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    gateway = new Program('bash', ['-c', `ulimit -n ${OPEN_FILES}; exec node apps/gateway/dist/main.js`], {
      ...{ AUTH: 'open', GATEWAY_NAME: 'narrow', HOST: '127.0.0.1', PORT: String(port) },
      ...{ REDIS_URL: redis.url, FEED_NAME: 'local', LOG_LEVEL: 'warn' },
    });
    await waitFor(isReady, 'the gateway to be ready', 60_000);
  }, 90_000);
  afterAll(async () => {
    gateway.kill('SIGKILL');
    await gateway.exitCode();
    await cluster.close();
    await redis.stop();
  });

  /** @returns the answer to a request whose connection ends with it; empty if the gateway takes no connection */
  const get = (path: string) =>
    exchange(url, Buffer.from(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`));
  const isReady = async () => (await get('/health/ready')).startsWith('HTTP/1.1 200');

  /** Keeps a connection after its request. Resolves once that is answered, or the gateway ends the connection. */
  const stayIdle = async () => {
    const socket = connect({ host: '127.0.0.1', port: Number(new URL(url).port) });
    own(() => socket.destroy());
    socket.on('error', () => undefined).write('GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await Promise.race(['data', 'close'].map((event) => new Promise((resolve) => socket.once(event, resolve))));
  };

  it('says at the start in one line what to do', () => {
    const [line, ...others] = gateway.output.split('\n').filter((text) => text.includes('open files'));
    expect(line).toContain(
      `Only ${MOST_CLIENTS} of 20000 connections fit into the limit of ${OPEN_FILES} open files: ` +
        'raise it to 20096 (ulimit -n 20096), or lower MAX_CONNECTIONS',
    );
    expect(others).toEqual([]);
  });

  it('refuses clients before Redis and health checks find no descriptor, and delivers to all others', async () => {
    const polling: TestClient[] = [];
    for (let i = 0; i < POLLING_CLIENTS; i++) {
      polling.push(await TestClient.connect(url, { transports: ['polling'] }));
    }
    const live: { client: RawClient; heard: string[] }[] = [];
    const refusals = new Set<string>();
    for (let i = 0; i < OPEN_FILES; i++) {
      const heard: string[] = [];
      const onEvent = (bytes: Buffer, start: number, end: number) => heard.push(bytes.toString('utf8', start, end));
      try {
        const client = await RawClient.connect({ url, onEvent });
        own(() => {
          client.destroy();
        });
        live.push({ client, heard });
      } catch (refusal) {
        refusals.add(String(refusal));
      }
    }
    expect([...refusals]).toEqual(['Error: HTTP/1.1 503 Service Unavailable']);
    expect(live.length + polling.length).toBe(MOST_CLIENTS);
    expect(await exchange(url, Buffer.from(upgradeRequest('localhost')))).toContain('unavailable');
    expect(await get('/socket.io/?EIO=4&transport=polling')).toContain('unavailable');

    await Promise.all(Array.from({ length: OPEN_FILES }, stayIdle));
    redis.cutConnections();
    await waitFor(isReady, 'a health check to be answered');
    await cluster.orders.place({ orderId: 'heard' });
    await waitFor(async () => (await cluster.orders.announce('Back again')).status === 202, 'an announcement');
    for (const client of polling) {
      await client.event('orderCreated');
      await client.event('announcement');
    }
    for (const event of ['orderCreated', 'announcement']) {
      const hasHeard = ({ heard }: { heard: string[] }) => heard.some((text) => text.startsWith(`42["${event}"`));
      await waitFor(() => live.every(hasHeard), `every client to hear of ${event}`);
    }
    expect(live.filter(({ client }) => client.hasEnded)).toEqual([]);
    expect(polling.map(({ socket }) => socket.connected)).toEqual(polling.map(() => true));
  });
});
