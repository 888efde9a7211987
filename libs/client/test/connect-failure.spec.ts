import { expect, it } from '@jest/globals';
import { toConnectFailure } from '../src/wire/connect-failure.js';

const URL = 'https://shop.example';
const answered = (responseText: string) =>
  Object.assign(new Error('xhr poll error'), { context: { status: 403, responseText } });

it('reads from a refusal whether and when to try again', () => {
  const data = { code: 'too_many_requests', message: 'Slow down', retryable: true, retryAfter: 20 };
  expect(toConnectFailure(Object.assign(new Error('x'), { data }), URL)).toMatchObject({
    ...{ message: 'Slow down', code: 'too_many_requests', permanent: false },
    options: { retryAfterMs: 20_000 },
  });
  const lasting = { code: 'of_tomorrow', message: 'No', retryable: false };
  expect(toConnectFailure(Object.assign(new Error('x'), { data: lasting }), URL).permanent).toBe(true);
});

it('says that the origin is refused if the answer to the handshake says so', () => {
  expect(toConnectFailure(answered('{"code":4,"message":"forbidden"}'), URL)).toMatchObject({
    message:
      'https://shop.example refuses the connection: pages of this origin may not connect unless ALLOWED_ORIGINS has it',
    ...{ code: 'forbidden', permanent: false },
  });
});

it.each([
  [
    'a browser',
    new Error('websocket error'),
    /^https:\/\/shop.example cannot be reached: the server or the network is away/,
  ],
  [
    'Node',
    Object.assign(new Error('xhr poll error'), {
      context: { status: 0, statusText: new Error('connect ECONNREFUSED') },
    }),
    'https://shop.example cannot be reached: connect ECONNREFUSED',
  ],
  [
    'a server that is silent',
    new Error('timeout'),
    'https://shop.example cannot be reached: it does not answer in time',
  ],
])('says that the server cannot be reached, and why: %s', (_what, error, message) => {
  expect(toConnectFailure(error, URL)).toMatchObject({ message: expect.stringMatching(message), permanent: false });
});

it('obeys a problem document as the answer to a handshake', () => {
  const problem = JSON.stringify({ code: 'of_tomorrow', detail: 'No', retryable: false });
  expect(toConnectFailure(answered(problem), URL)).toMatchObject({
    ...{ message: 'https://shop.example refuses the connection: No', code: 'of_tomorrow', permanent: true },
  });
});
