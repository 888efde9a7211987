import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { TestClient, waitFor } from '@galley/testing';
import { containersOf, docker, GALLEY_TOKEN, GALLEY_URL, orders, whileStopped } from '../harness/compose-stack.js';

const OURS = ['orders-api', 'gateway'] as const;

/** Packages that only the other app needs. */
const OF_THE_OTHER = {
  'orders-api': ['socket.io', '@nestjs/platform-socket.io', '@nestjs/websockets', '@socket.io/redis-adapter'],
  gateway: ['mongodb', 'mongoose', '@nestjs/mongoose', '@socket.io/redis-emitter', 'socket.io-client', 'uuid'],
};
/** Packages of `npm start`, of tests and of tools. */
const OF_NEITHER = ['js-redis-server', 'httpxy', 'jest', 'testcontainers', 'typescript'];
const LIBS = ['access', 'change-feed', 'contracts', 'http', 'redis', 'runtime'];

/** The longest that a stop and a start may take, in milliseconds. */
const STOP_AND_START = 120_000;

/** Begins a script for Node in a container: the way to MongoDB, and the user of the orders API. */
const WITH_MONGO = `
  const { Binary, MongoClient } = require('mongodb');
  const read = (name) => require('fs').readFileSync('/run/secrets/' + name, 'utf8');
  const at = async (uri, use) => {
    const client = await MongoClient.connect(uri);
    await use(client.db('galley')).finally(() => client.close());
  };`;

/** Prints the salt with which MongoDB has stored the password of the orders API. A server tells it before a login (RFC 5802). */
const PRINT_SALT = `${WITH_MONGO}
  const payload = new Binary(Buffer.from('n,,n=' + new URL(read('mongodb-uri')).username + ',r=' + 'n'.repeat(32)));
  const start = { saslStart: 1, mechanism: 'SCRAM-SHA-256', payload, options: { skipEmptyExchange: true } };
  at('mongodb://mongo', async (db) => {
    console.log(/s=([^,]+)/.exec((await db.command(start)).payload.toString('utf8'))[1]);
  });`;

/** Gives the user of the orders API a password that nobody has. */
const CHANGE_PASSWORD = `${WITH_MONGO}
  const [user] = Object.keys(JSON.parse(read('users.json')));
  at('mongodb://root:' + read('root-password') + '@mongo/?authSource=admin', (db) =>
    db.command({ updateUser: user, pwd: 'nobody-has-this' }));`;

/** Fails if MongoDB refuses the login of the orders API. */
const LOG_IN = `${WITH_MONGO}
  at(read('mongodb-uri'), (db) => db.command({ ping: 1 }));`;

const USERS = { front: 101, web: 101, 'orders-api': 1000, gateway: 1000, mongo: 999, redis: 999 };

describe.each(Object.entries(USERS))('%s', (service, user) => {
  it('runs without privileges, on a read-only file system, and cannot start many processes', async () => {
    for (const container of await containersOf(service)) {
      const inside = (command: string) => docker('exec', container, 'sh', '-c', command);
      expect(await inside("grep '^Uid' /proc/1/status | cut -f 2-5")).toBe(Array(4).fill(user).join('\t'));
      expect(await inside("grep CapEff /proc/1/status | cut -f 2 | tr -d '0'")).toBe('');
      expect(await inside("grep CapBnd /proc/1/status | cut -f 2 | tr -d '0'")).toBe('');
      await expect(inside('touch /changed')).rejects.toThrow('Read-only file system');
      const limit = await docker('inspect', '--format', '{{.HostConfig.PidsLimit}}', container);
      expect(Number(limit)).toBeGreaterThan(0);
    }
  });
});

describe.each(OURS)('%s', (service) => {
  it('has the packages of its own app and no others', async () => {
    const [container = ''] = await containersOf(service);
    const list = async (folder: string) => (await docker('exec', container, 'ls', folder)).split('\n');
    const scopes = (await list('node_modules')).filter((name) => name.startsWith('@'));
    const scoped = await Promise.all(
      scopes.map(async (scope) => (await list(`node_modules/${scope}`)).map((name) => `${scope}/${name}`)),
    );
    const installed = new Set([...(await list('node_modules')), ...scoped.flat()]);
    expect([...OF_THE_OTHER[service], ...OF_NEITHER].filter((name) => installed.has(name))).toEqual([]);
    expect(await list('libs')).toEqual(LIBS);
    expect(await list('apps')).toEqual([service]);
  });

  it('has its name in its labels', async () => {
    const [container = ''] = await containersOf(service);
    const labels: unknown = JSON.parse(await docker('inspect', '--format', '{{json .Config.Labels}}', container));
    expect(labels).toMatchObject({ 'org.opencontainers.image.title': service });
  });
});

describe('gateway', () => {
  it('has the space for new objects with which a connection takes the least memory', async () => {
    for (const container of await containersOf('gateway')) {
      const command = (await docker('exec', container, 'cat', '/proc/1/cmdline')).split('\0');
      expect(command).toContain('--max-semi-space-size=16');
    }
  });
});

describe('mongo', () => {
  const makeUsers = (...command: string[]) =>
    docker('compose', 'run', '--rm', '--no-deps', '-T', 'mongo-users', ...command);
  const asApi = async (script: string) => {
    const [api = ''] = await containersOf('orders-api');
    return docker('exec', api, 'node', '-e', script);
  };

  it('keeps its users when the stack starts again, because a new salt would refuse the logins under way', async () => {
    const salt = await asApi(PRINT_SALT);
    expect(salt).toMatch(/./);
    await makeUsers();
    expect(await asApi(PRINT_SALT)).toBe(salt);
  });

  it('gives a user that has another password the one of the stack', async () => {
    await makeUsers('node', '-e', CHANGE_PASSWORD);
    try {
      await expect(asApi(LOG_IN)).rejects.toThrow(/authentication failed/i);
    } finally {
      await makeUsers();
    }
    await asApi(LOG_IN);
  });
});

describe('web', () => {
  it('has neither Node nor packages', async () => {
    const [container = ''] = await containersOf('web');
    await expect(docker('exec', container, 'sh', '-c', 'command -v node || ls /app')).rejects.toThrow();
  });
});

describe('front', () => {
  it('is healthy while what is behind it is not, so that a start can bring that back', async () => {
    const behind = ['web', 'orders-api', 'gateway'];
    const [front = ''] = await containersOf('front');
    const check = await docker('inspect', '--format', '{{json .Config.Healthcheck.Test}}', front);
    const [, ...command] = JSON.parse(check) as string[];
    await docker('compose', 'pause', ...behind);
    try {
      await docker('exec', front, ...command);
    } finally {
      await docker('compose', 'unpause', ...behind);
    }
  });
});

describe('the stack', () => {
  it(
    'loses nothing when a gateway stops: the gateway exits with code 0, and its clients resume at another',
    async () => {
      const client = await TestClient.connect(GALLEY_URL, { auth: { token: GALLEY_TOKEN }, transports: ['websocket'] });
      const gateway = client.ready?.gateway ?? '';
      const orderId = randomUUID();
      const exitCode = await whileStopped(gateway, async () => {
        await waitFor(() => client.ready?.gateway !== gateway && client.socket.connected, 'another gateway');
        await orders.place({ orderId });
        await client.event('orderCreated', (order) => order.orderId === orderId);
      });
      expect(exitCode).toBe(0);
      client.close();
    },
    STOP_AND_START,
  );

  it(
    'accepts orders while an orders API is stopped, and the API exits with code 0',
    async () => {
      const [api = ''] = await containersOf('orders-api');
      const exitCode = await whileStopped(api, async () => {
        for (let i = 0; i < 10; i++) expect((await orders.place({ orderId: randomUUID() })).status).toBe(201);
      });
      expect(exitCode).toBe(0);
    },
    STOP_AND_START,
  );

  it(
    'continues the same feed when Redis is restarted',
    async () => {
      const client = await TestClient.connect(GALLEY_URL, { auth: { token: GALLEY_TOKEN } });
      const epochOfAnOrder = async () => {
        const orderId = randomUUID();
        await orders.place({ orderId });
        const created = await client.event('orderCreated', (order) => order.orderId === orderId);
        return created.position?.split(':')[0];
      };
      const before = await epochOfAnOrder();
      const [redis = ''] = await containersOf('redis');
      expect(await whileStopped(redis, () => orders.place())).toBe(0);
      expect(await epochOfAnOrder()).toBe(before);
      client.close();
    },
    STOP_AND_START,
  );

  it('lets a session reach only gateways', async () => {
    for (const service of ['front', 'web', 'orders-api', 'mongo', 'redis']) {
      const [container = ''] = await containersOf(service);
      const sid = `${container.slice(0, 12)}.x`;
      const { status } = await fetch(`${GALLEY_URL}/socket.io/?EIO=4&transport=polling&sid=${sid}`);
      expect(status).toBe(503);
    }
  });

  it('gives gateways public keys, and nothing that signs a token', async () => {
    const [gateway = ''] = await containersOf('gateway');
    const inside = (...command: string[]) => docker('exec', gateway, ...command);
    expect((await inside('ls', '/run/secrets')).split('\n')).toEqual(['jwt-secret', 'public-keys', 'redis-url']);
    expect(await inside('cat', '/run/secrets/jwt-secret')).toBe('');
    expect(await inside('cat', '/run/secrets/public-keys')).toMatch(
      /^(-----BEGIN PUBLIC KEY-----[^-]+-----END PUBLIC KEY-----\s*){1,2}$/,
    );
  });

  it('lets gateways read the log of changes, but not write it or publish a change', async () => {
    const [gateway = ''] = await containersOf('gateway');
    const [redis = ''] = await containersOf('redis');
    const url = await docker('exec', gateway, 'cat', '/run/secrets/redis-url');
    const asGateway = (...command: string[]) =>
      docker('exec', redis, 'redis-cli', '--no-auth-warning', '-u', url.replace('@redis:', '@localhost:'), ...command);
    expect(await asGateway('XRANGE', '{orders}:log', '-', '+', 'COUNT', '1')).toContain('-0');
    for (const write of [
      ['XADD', '{orders}:log', '*', 'm', 'x'],
      ['EVAL', "return redis.call('XADD', KEYS[1], '*', 'm', 'x')", '1', '{orders}:log'],
      ['SET', '{orders}:head', '1'],
      ['PUBLISH', '{orders}:feed', 'x'],
      ['ZADD', '{orders}:signed-out', '1', 'x'],
      ['FLUSHALL'],
      ['CONFIG', 'GET', '*'],
    ]) {
      expect(await asGateway(...write)).toMatch(/NOPERM|can't run this command|ACL failure/);
    }
  });
});
