import { randomBytes } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { readLocalConfig } from '../src/local.config.js';

const START = { HOST: '127.0.0.1', PORT: '3000' };
const MONGODB_URI = 'mongodb://localhost/galley';

it.each([
  ['without tokens and in memory', {}, true],
  ['with a database', { MONGODB_URI }, false],
  ['with tokens', { AUTH_JWT_SECRET: randomBytes(32).toString('hex') }, false],
])('offers to play a day of orders, or not, %s', (_when, settings, demoDay) => {
  expect(readLocalConfig({ ...START, ...settings }).demoDay).toBe(demoDay);
});

it('tells the pages the time zone of the shop, if it has one', () => {
  expect(readLocalConfig(START).timeZone).toBeUndefined();
  expect(readLocalConfig({ ...START, TIME_ZONE: 'Europe/Berlin' }).timeZone).toBe('Europe/Berlin');
});
