import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { readLocalConfig } from '../src/local.config.js';

const START = { HOST: '127.0.0.1', PORT: '3000' };
const MONGODB_URI = 'mongodb://localhost/galley';

it('has the defaults that start.mjs checks before anything is built', () => {
  const [, defaults = ''] = /^const DEFAULTS = (\{.*\});$/m.exec(readFileSync('apps/local/start.mjs', 'utf8')) ?? [];
  const { host, port } = readLocalConfig({});
  expect(defaults).toBe(`{ HOST: '${host}', PORT: '${port}' }`);
});

it.each([
  ['without tokens and in memory', {}, true],
  ['with a database', { MONGODB_URI }, false],
  ['with tokens', { AUTH_JWT_SECRET: randomBytes(32).toString('hex') }, false],
])('offers to play a day of orders, or not, %s', (_when, settings, demoDay) => {
  expect(readLocalConfig({ ...START, ...settings }).demoDay).toBe(demoDay);
});

it('tells the pages of the shop what it is given, and nothing else', () => {
  expect(readLocalConfig(START)).toMatchObject({
    timeZone: undefined,
    shopName: undefined,
    shopPhone: undefined,
    tokenUrl: undefined,
  });
  const settings = {
    TIME_ZONE: 'Europe/Berlin',
    SHOP_NAME: 'Ink',
    SHOP_PHONE: '+49 30 1',
    TOKEN_URL: '/session/token',
  };
  expect(readLocalConfig({ ...START, ...settings })).toMatchObject({
    timeZone: 'Europe/Berlin',
    shopName: 'Ink',
    shopPhone: '+49 30 1',
    tokenUrl: '/session/token',
  });
});

it.each(['https://shop.example/token', '//shop.example/token', 'token'])(
  'takes no token from another origin: %s',
  (TOKEN_URL) => {
    expect(() => readLocalConfig({ ...START, TOKEN_URL })).toThrow('TOKEN_URL');
  },
);

it.each([
  ['the embedded Redis', {}, '1000'],
  ['another Redis', { REDIS_URL: 'redis://localhost' }, undefined],
  ['the embedded Redis and a wish', { FEED_HISTORY: '5000' }, '5000'],
])('keeps few changes in the embedded Redis, unless more are asked for: %s', (_which, settings, history) => {
  expect(readLocalConfig({ ...START, ...settings }).settings.FEED_HISTORY).toBe(history);
});
