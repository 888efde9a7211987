import { expect, it } from '@jest/globals';
import { readOrdersApiConfig } from './orders-api.config.js';

const intact = { REDIS_URL: 'redis://localhost', AUTH: 'open' };

/** Variables that not every text fits into. */
const NAMES = [
  ...['PORT', 'LOG_LEVEL', 'LOG_FORMAT', 'AUTH', 'AUTH_JWT_SECRET', 'AUTH_JWKS_URL', 'PUBLIC_URL', 'MONGODB_URI'],
  ...['REDIS_URL', 'FEED_NAME', 'FEED_HISTORY', 'SWEEP_EVERY_MS', 'SWEEP_AFTER_MS', 'KEEP_TOMBSTONES_DAYS'],
  ...['AUTO_CLOSE_DAYS', 'TIME_ZONE', 'RATE_LIMIT_PER_SECOND', 'RATE_LIMIT_BURST', 'ALLOWED_ORIGINS', 'TRUST_PROXY'],
];

it.each(NAMES)('says for people what is wrong with %s', (name) => {
  const read = () => readOrdersApiConfig({ ...intact, [name]: 'a b' });
  expect(read).toThrow(new RegExp(`${name}\\b`));
  expect(read).not.toThrow(/Invalid|expected|received|Too (big|small)/);
});
