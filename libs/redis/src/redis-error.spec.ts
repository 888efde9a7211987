import { expect, it } from '@jest/globals';
import { explainRedisError } from './redis-error.js';

it.each([
  [
    new Error('connect ECONNREFUSED 127.0.0.1:6379'),
    'Redis does not answer at one:6379: start it, or set REDIS_URL (connect ECONNREFUSED 127.0.0.1:6379)',
  ],
  [
    new AggregateError([new Error('connect ECONNREFUSED ::1:6379')]),
    'Redis does not answer at one:6379: start it, or set REDIS_URL (connect ECONNREFUSED ::1:6379)',
  ],
  [
    new Error('WRONGPASS invalid username-password pair or user is disabled.'),
    'Redis at one:6379 does not accept the user and password of REDIS_URL (WRONGPASS invalid username-password pair or user is disabled.)',
  ],
  [
    new Error('NOAUTH Authentication required.'),
    'Redis at one:6379 does not accept the user and password of REDIS_URL (NOAUTH Authentication required.)',
  ],
  [
    new Error("NOPERM this user has no permissions to run the 'info' command"),
    "Redis at one:6379 does not let the user of REDIS_URL do its work (NOPERM this user has no permissions to run the 'info' command)",
  ],
  [new Error('Unknown RESP type 72 "H". Please report this.'), 'What answers at one:6379 is not Redis: set REDIS_URL'],
  [
    new Error('805C:error:0A00010B:SSL routines:wrong version number\n'),
    'Redis at one:6379 does not speak TLS: set REDIS_URL to redis:// instead of rediss:// (805C:error:0A00010B:SSL routines:wrong version number)',
  ],
  [
    new Error('self-signed certificate'),
    'Redis at one:6379 has a certificate that is not trusted: set NODE_EXTRA_CA_CERTS (self-signed certificate)',
  ],
])('says what to do about %s', (error, sentence) => {
  expect(explainRedisError(error, 'one:6379')).toBe(sentence);
});
