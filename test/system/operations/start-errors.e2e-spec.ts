import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { freePort, Program, waitFor } from '@galley/testing';

const closers: (() => unknown)[] = [];

/** A server that gives this answer to each command of Redis, and keeps its port taken. */
async function answering(answer: string): Promise<string> {
  const server = createServer((socket) => {
    socket.on('data', (data) => {
      const commands = data.toString('latin1').match(/^\*\d+\r$/gm) ?? [''];
      socket.write(answer.repeat(commands.length));
    });
    socket.on('error', () => socket.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => server.close());
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const SECRET = 'hunter2-hunter2-hunter2-hunter2-x';
const OPEN = { AUTH: 'open', HOST: '127.0.0.1', PORT: '0', NODE_ENV: '', LOG_LEVEL: 'warn', FORCE_COLOR: undefined };

/** Servers for all cases, and a port that nobody listens on. */
interface Scene {
  wrongPassword: string;
  notRedis: string;
  away: string;
}

type Case = [what: string, app: 'orders-api' | 'gateway' | 'local', (scene: Scene) => NodeJS.ProcessEnv, told: RegExp];

/** A process that cannot start ends with code 1. */
const FINAL: Case[] = [
  [
    'a port that is no number',
    'gateway',
    () => ({ PORT: 'three', REDIS_URL: 'redis://127.0.0.1:1' }),
    /^The configuration is not valid:\n {2}- PORT: must be a whole number from 0 to 65535$/,
  ],
  [
    'a port that is taken',
    'gateway',
    ({ notRedis }) => ({ PORT: notRedis.split(':')[1], REDIS_URL: 'redis://127.0.0.1:1', LOG_LEVEL: 'fatal' }),
    /^Port \d+ is taken: stop what uses it, or choose another one with PORT$/,
  ],
  [
    'an address of another machine',
    'gateway',
    () => ({ HOST: '203.0.113.1', REDIS_URL: 'redis://127.0.0.1:1', LOG_LEVEL: 'fatal' }),
    /^This machine does not have the address 203\.0\.113\.1: choose another one with HOST$/,
  ],
  [
    'a secret in a file that does not exist',
    'gateway',
    () => ({ AUTH: 'required', AUTH_JWT_SECRET_FILE: '/nowhere', REDIS_URL: 'redis://127.0.0.1:1' }),
    /^The configuration is not valid:\n {2}- AUTH_JWT_SECRET_FILE cannot be read: there is no such file$/,
  ],
  [
    'a Redis without a scheme, and unknown choices',
    'orders-api',
    () => ({ REDIS_URL: `u:${SECRET}@localhost`, LOG_LEVEL: 'loud', LOG_FORMAT: 'xml', AUTH: 'maybe' }),
    /- LOG_LEVEL: must be fatal, error, warn, log \(or info\).*\n.*- LOG_FORMAT: must be text or json\n.*- AUTH: must be required or open\n(.*\n)*.*- REDIS_URL: must be a URL such as/,
  ],
  [
    'a database that is no connection string',
    'orders-api',
    () => ({ MONGODB_URI: `localhost/${SECRET}`, REDIS_URL: 'redis://127.0.0.1:1' }),
    /^The configuration is not valid:\n {2}- MONGODB_URI: must be a connection string such as mongodb:/,
  ],
  [
    'an option of the database that does not exist',
    'orders-api',
    () => ({
      MONGODB_URI: `mongodb://u:${SECRET}@127.0.0.1:1/g?foo=1`,
      REDIS_URL: 'redis://127.0.0.1:1',
      LOG_LEVEL: 'fatal',
    }),
    /^MONGODB_URI is not valid: option foo is not supported$/,
  ],
  [
    'a password of the database with a slash',
    'orders-api',
    () => ({
      MONGODB_URI: `mongodb://u:${SECRET}/@127.0.0.1:1/g`,
      REDIS_URL: 'redis://127.0.0.1:1',
      LOG_LEVEL: 'fatal',
    }),
    /^MONGODB_URI is not valid: Password contains unescaped characters$/,
  ],
  [
    'a Redis that is away',
    'orders-api',
    ({ away }) => ({ REDIS_URL: `redis://u:${SECRET}@${away}`, LOG_LEVEL: 'fatal' }),
    /^Redis does not answer at 127\.0\.0\.1:\d+: start it, or set REDIS_URL \(connect ECONNREFUSED \S+\)$/,
  ],
  [
    'a Redis with another password',
    'orders-api',
    ({ wrongPassword }) => ({ REDIS_URL: `redis://u:${SECRET}@${wrongPassword}`, LOG_LEVEL: 'fatal' }),
    /^Redis at 127\.0\.0\.1:\d+ does not accept the user and password of REDIS_URL \(WRONGPASS .*\)$/,
  ],
  [
    'something else than Redis',
    'orders-api',
    ({ notRedis }) => ({ REDIS_URL: `redis://${notRedis}`, LOG_LEVEL: 'fatal' }),
    /^What answers at 127\.0\.0\.1:\d+ is not Redis: set REDIS_URL$/,
  ],
  [
    'a Redis without TLS',
    'local',
    ({ notRedis }) => ({ REDIS_URL: `rediss://${notRedis}`, LOG_LEVEL: 'fatal' }),
    /^Redis at 127\.0\.0\.1:\d+ does not speak TLS: set REDIS_URL to redis:\/\/ instead of rediss:\/\/ \(.*\)$/,
  ],
];

/** A process that may yet start says so, and goes on. */
const WAITING: Case[] = [
  [
    'a database that is away',
    'orders-api',
    ({ away }) => ({ MONGODB_URI: `mongodb://u:${SECRET}@${away}/galley`, REDIS_URL: 'redis://127.0.0.1:1' }),
    /\[MongoDB\] MongoDB does not answer at 127\.0\.0\.1:\d+: start it, or set MONGODB_URI \(connect ECONNREFUSED \S+\)\. Trying again for \d+ s$/,
  ],
  [
    'a Redis that is away',
    'gateway',
    ({ away }) => ({ REDIS_URL: `redis://u:${SECRET}@${away}` }),
    /\[Redis\] feed: Redis is away, trying again until it is back: Redis does not answer at 127\.0\.0\.1:\d+: start it, or set REDIS_URL/,
  ],
  [
    'a Redis with another password',
    'gateway',
    ({ wrongPassword }) => ({ REDIS_URL: `redis://u:${SECRET}@${wrongPassword}` }),
    /\[Redis\] feed: .*does not accept the user and password of REDIS_URL/,
  ],
];

describe('a process that lacks what it needs', () => {
  let scene: Scene;

  beforeAll(async () => {
    scene = {
      wrongPassword: await answering('-WRONGPASS invalid username-password pair or user is disabled.\r\n'),
      notRedis: await answering('HTTP/1.1 400 Bad Request\r\n\r\n'),
      away: `127.0.0.1:${await freePort()}`,
    };
  });
  afterAll(() => {
    for (const close of closers) close();
  });

  function start([, app, env]: Case): Program {
    const file = app === 'local' ? 'apps/local/start.mjs' : `apps/${app}/dist/main.js`;
    return new Program('node', [file], { ...OPEN, ...env(scene) });
  }

  it.each(FINAL.map((each) => [each[0], each] as const))('ends and says what to do: %s', async (_what, each) => {
    const program = start(each);
    expect(await program.exitCode()).toBe(1);
    expect(program.output.trim()).toMatch(each[3]);
    expect(program.output).not.toMatch(/^ +at |hunter2/m);
  });

  it.each(WAITING.map((each) => [each[0], each] as const))('goes on and says what to do: %s', async (_what, each) => {
    const program = start(each);
    const told = new RegExp(each[3], 'm');
    await waitFor(() => told.test(program.output), 'the sentence', 30_000);
    program.kill('SIGKILL');
    await program.exitCode();
    // Once in 15 s, and no machine needs longer to get here.
    expect(program.output.split('\n').filter((line) => told.test(line)).length).toBeLessThanOrEqual(2);
    expect(program.output).not.toMatch(/^ +at |hunter2|\u001b\[/m);
  });
});
