import { expect, it } from '@jest/globals';
import { toConnectFailure } from '../src/wire/connect-failure.js';

const URL = 'https://shop.example';
const answered = (responseText: string) => Object.assign(new Error('xhr poll error'), { context: { responseText } });

it('reads from a refusal whether and when to try again', () => {
  const data = { code: 'too_many_requests', message: 'Slow down', retryable: true, retryAfter: 20 };
  expect(toConnectFailure(Object.assign(new Error('x'), { data }), URL)).toMatchObject({
    ...{ message: 'Slow down', code: 'too_many_requests', permanent: false },
    options: { retryAfter: 20_000 },
  });
  const lasting = { code: 'of_tomorrow', message: 'No', retryable: false };
  expect(toConnectFailure(Object.assign(new Error('x'), { data: lasting }), URL).permanent).toBe(true);
});

it('says that the origin is refused if the answer to the handshake says so', () => {
  expect(toConnectFailure(answered('{"code":4,"message":"forbidden"}'), URL)).toMatchObject({
    message: 'https://shop.example refuses the connection: pages of this origin may not connect',
    ...{ code: 'forbidden', permanent: false },
  });
  expect(toConnectFailure(answered('{"code":"too_many_connections"}'), URL)).toMatchObject({
    message: 'https://shop.example refuses the connection: too many connections',
  });
});

it('says that the server cannot be reached, and why', () => {
  for (const error of [new Error('websocket error'), answered('<html>'), answered('{}')]) {
    expect(toConnectFailure(error, URL)).toMatchObject({
      message: `https://shop.example cannot be reached (${error.message})`,
      permanent: false,
    });
  }
  expect(toConnectFailure('no token', URL).message).toBe('no token');
});
