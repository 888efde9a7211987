import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mintToken } from '@galley/access';
import { disconnect } from '@galley/redis';
import {
  freePort,
  OrdersClient,
  own,
  Program,
  startRedis,
  TestClient,
  waitFor,
  type BackingService,
} from '@galley/testing';
import { RedisUsers, type RedisUser } from '../harness/redis-users.js';

const secret = randomBytes(32).toString('hex');

/** What both users also need in a cluster. */
const CLUSTER_RIGHTS = '+cluster|slots +cluster|info +asking';

/** The set-up of docs/SECURITY.md, with the secrets and the users of docker-compose.yml. */
describe('a Redis with TLS and a user for each app', () => {
  const users = new RedisUsers();
  const { folder, acl } = users;
  const [certificate, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  const tls = [
    ...['--tls-cert-file', certificate, '--tls-key-file', key, '--tls-ca-cert-file', certificate],
    ...['--tls-auth-clients', 'no'],
  ];
  const programs: Program[] = [];
  let redis: BackingService | undefined;

  const urlOf = (user: RedisUser, scheme = 'rediss', host = '') =>
    `${scheme}://${user}:${users.passwordOf(user)}@${host || `localhost:${new URL(redis?.url ?? '').port}`}`;
  const asUser = (url: string) =>
    new Redis(url, { tls: { ca: readFileSync(certificate) }, maxRetriesPerRequest: 0, retryStrategy: () => null }).on(
      'error',
      () => undefined,
    );
  const start = async (app: string, env: NodeJS.ProcessEnv) => {
    const port = await freePort();
    programs.push(
      Program.app(app, {
        ...{ HOST: '127.0.0.1', PORT: String(port), LOG_LEVEL: 'warn', AUTH_JWT_SECRET: secret },
        ...{ NODE_EXTRA_CA_CERTS: certificate, ...env },
      }),
    );
    const url = `http://127.0.0.1:${port}`;
    const health = new OrdersClient(url);
    await waitFor(async () => (await health.send('GET', '/health/ready')).status === 200, `${app} to be ready`);
    return url;
  };

  beforeAll(async () => {
    execFileSync('openssl', [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1'],
      ...['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-keyout', key, '-out', certificate],
    ]);
    redis = await startRedis({
      args: (port) => [
        '--port',
        '0',
        '--tls-port',
        `${port}`,
        ...tls,
        '--aclfile',
        acl,
        '--appendonly',
        'no',
        '--save',
        '',
      ],
      files: [certificate, key, acl],
    });
  }, 120_000);
  afterAll(async () => {
    for (const program of programs) program.kill('SIGKILL');
    await redis?.stop();
  });

  const doTheirWholeWork = async (redisUrlOf: (user: RedisUser) => string) => {
    const api = await start('orders-api', { REDIS_URL: redisUrlOf('orders-api') });
    const gateways = [
      await start('gateway', { REDIS_URL: redisUrlOf('gateway'), GATEWAY_NAME: 'one' }),
      await start('gateway', { REDIS_URL: redisUrlOf('gateway'), GATEWAY_NAME: 'two' }),
    ];
    const token = await mintToken({ secret, role: 'staff', sub: 'sue', expiresIn: 600 });
    const orders = new OrdersClient(api, token);
    const clients = await Promise.all(gateways.map((url) => TestClient.connect(url, { auth: { token } })));
    await orders.place({ orderId: 'job' });
    await orders.change('job', { status: 'Delivery' });
    expect((await orders.announce('Closed on Friday')).status).toBe(202);
    for (const client of clients) {
      await client.event('job/update');
      await client.event('announcement');
    }
    const [created] = await Promise.all(clients.map((client) => client.event('orderCreated')));
    const late = await TestClient.connect(gateways[1] ?? '', {
      auth: { token, position: created?.position },
    });
    expect(late.ready).toMatchObject({ recovered: true, replayed: 1 });
    late.close();
    const ended = Promise.all(clients.map(({ socket }) => once(socket as never, 'disconnect')));
    expect((await orders.send('DELETE', '/sessions/sue')).status).toBe(204);
    await ended;
    expect(programs.slice(-3).map(({ errors }) => errors)).toEqual(['', '', '']);
  };

  it('lets both apps do their whole work', () => doTheirWholeWork(urlOf), 60_000);

  it('lets both apps do their whole work in a cluster', async () => {
    const busPort = await freePort();
    const clusterAcl = join(folder, 'cluster.acl');
    writeFileSync(clusterAcl, readFileSync(acl, 'utf8').replaceAll('+ping +quit', `+ping +quit ${CLUSTER_RIGHTS}`));
    appendFileSync(clusterAcl, `user admin on >${secret} +@all\n`);
    const node = await startRedis({
      args: (port) => [
        ...['--port', '0', '--tls-port', `${port}`, ...tls, '--aclfile', clusterAcl, '--save', ''],
        ...['--cluster-enabled', 'yes', '--cluster-port', `${busPort}`, '--tls-cluster', 'yes'],
        ...['--cluster-announce-hostname', 'localhost', '--cluster-preferred-endpoint-type', 'hostname'],
      ],
      files: [certificate, key, clusterAcl],
      isOneOfMany: true,
    });
    own(() => node.stop());
    const { port } = new URL(node.url);
    const admin = asUser(`rediss://admin:${secret}@localhost:${port}`);
    await admin.call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
    await waitFor(async () => (await admin.cluster('INFO')).includes('cluster_state:ok'), 'the cluster');
    await disconnect(admin);
    await doTheirWholeWork((user) => urlOf(user, 'rediss+cluster', `localhost:${port}`));
  }, 60_000);

  it('lets both apps do their whole work by way of a sentinel with a password', async () => {
    const sentinel = await startRedis({
      args: (port) => [
        ...['sentinel.conf', '--sentinel', '--port', '0', '--tls-port', `${port}`, ...tls, '--tls-replication', 'yes'],
        ...['--requirepass', secret],
        ...['--sentinel', 'resolve-hostnames', 'yes', '--sentinel', 'announce-hostnames', 'yes'],
      ],
      files: [certificate, key],
      isOneOfMany: true,
      ownFile: 'sentinel.conf',
    });
    own(() => sentinel.stop());
    const { port } = new URL(sentinel.url);
    const admin = asUser(`rediss://:${secret}@localhost:${port}`);
    await admin.call('SENTINEL', 'MONITOR', 'mymaster', 'localhost', new URL(redis?.url ?? '').port, '1');
    await disconnect(admin);
    await doTheirWholeWork(
      (user) => `${urlOf(user, 'rediss+sentinel', `localhost:${port}`)}/mymaster?sentinelPassword=${secret}`,
    );
  }, 60_000);

  it('refuses clients without a valid password, and clients without TLS', async () => {
    const { port } = new URL(redis?.url ?? '');
    for (const url of [`rediss://localhost:${port}`, `rediss://gateway:wrong@localhost:${port}`]) {
      const connection = asUser(url);
      await expect(connection.ping()).rejects.toThrow();
      await disconnect(connection);
    }
    const plain = new Redis(urlOf('gateway', 'redis'), { maxRetriesPerRequest: 0, retryStrategy: () => null });
    plain.on('error', () => undefined);
    await expect(plain.ping()).rejects.toThrow();
    await disconnect(plain);
  });
});
