import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mintToken } from '@galley/access';
import { disconnect } from '@galley/redis';
import { freePort, OrdersClient, Program, startRedis, TestClient, waitFor, type BackingService } from '@galley/testing';

const SERVICES = ['kept', 'mongo', 'redis', 'orders-api', 'gateway'];
const secret = randomBytes(32).toString('hex');

/** The set-up of docs/SECURITY.md, with the secrets and the users of docker-compose.yml. */
describe('a Redis with TLS and a user for each app', () => {
  const folder = mkdtempSync(join(tmpdir(), 'galley-secured-'));
  const [certificate, key, acl] = [join(folder, 'cert.pem'), join(folder, 'key.pem'), join(folder, 'redis/users.acl')];
  const programs: Program[] = [];
  let redis: BackingService | undefined;

  const urlOf = (user: 'orders-api' | 'gateway', scheme = 'rediss') => {
    const made = new URL(readFileSync(join(folder, user, 'redis-url'), 'utf8'));
    return `${scheme}://${user}:${made.password}@localhost:${new URL(redis?.url ?? '').port}`;
  };
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
    for (const service of SERVICES) mkdirSync(join(folder, service));
    copyFileSync('docker/redis/users.acl', join(folder, 'users.acl'));
    execFileSync('node', ['docker/secrets/make.mjs', folder]);
    execFileSync('openssl', [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1'],
      ...['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-keyout', key, '-out', certificate],
    ]);
    const tls = ['--tls-cert-file', certificate, '--tls-key-file', key, '--tls-auth-clients', 'no'];
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
    rmSync(folder, { recursive: true });
  });

  it('lets both apps do their whole work', async () => {
    const api = await start('orders-api', { REDIS_URL: urlOf('orders-api') });
    const gateways = [
      await start('gateway', { REDIS_URL: urlOf('gateway'), GATEWAY_NAME: 'one' }),
      await start('gateway', { REDIS_URL: urlOf('gateway'), GATEWAY_NAME: 'two' }),
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
    const [first] = clients;
    const late = await TestClient.connect(gateways[1] ?? '', {
      auth: { token, position: first?.events[0]?.payload.position },
    });
    expect(late.ready).toMatchObject({ recovered: true, replayed: 1 });
    late.close();
    const ended = Promise.all(clients.map(({ socket }) => once(socket as never, 'disconnect')));
    expect((await orders.send('DELETE', '/sessions/sue')).status).toBe(204);
    await ended;
    expect(programs.map(({ errors }) => errors)).toEqual(['', '', '']);
  }, 60_000);

  it.each([
    ['gateway', ['xadd', '{orders}:log', '9-0', 'm', 'forged']],
    ['gateway', ['set', '{orders}:head', 'forged']],
    ['gateway', ['del', '{orders}:log']],
    ['gateway', ['evalsha', '0'.repeat(40), '0']],
    ['gateway', ['script', 'load', 'while true do end']],
    ['gateway', ['eval', 'while true do end', '0']],
    ['gateway', ['publish', '{orders}:feed', 'forged']],
    ['gateway', ['zadd', '{orders}:signed-out', '1', 'ana']],
    ['gateway', ['get', 'other']],
    ['gateway', ['eval', "return redis.call('XADD', KEYS[1], '9-0', 'm', 'forged')", '1', '{orders}:log']],
    ['orders-api', ['get', 'other']],
    ['orders-api', ['subscribe', '{orders}:feed']],
    ...['orders-api', 'gateway'].flatMap((user) =>
      [['flushall'], ['config', 'get', '*'], ['keys', '*'], ['acl', 'list'], ['shutdown']].map(
        (command) => [user, command] as [string, string[]],
      ),
    ),
  ] as [user: 'orders-api' | 'gateway', command: [string, ...string[]]][])(
    'refuses the %s the command %j',
    async (user, [name, ...args]) => {
      const connection = asUser(urlOf(user));
      await expect(connection.call(name, ...args)).rejects.toThrow(/NOPERM|can't run this command/);
      await disconnect(connection);
    },
  );

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
