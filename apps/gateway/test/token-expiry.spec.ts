import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { aGatewayConfig } from './a-gateway-config.js';
import { StandInSocket } from './stand-in-connection.js';
import { TokenExpiry } from '../src/access/token-expiry.js';

const START_MS = Date.parse('2026-11-23T10:00:00.000Z');

/** The time that many seconds after the start, in seconds since 1970. */
const second = (count: number) => START_MS / 1_000 + count;

let expiry: TokenExpiry;

beforeEach(() => {
  jest.useFakeTimers({ now: START_MS });
  expiry = new TokenExpiry(aGatewayConfig({ expiryWarningMs: 60_000 }));
  expiry.attach();
});
afterEach(() => {
  expiry.onApplicationShutdown();
  jest.useRealTimers();
});

/** A client whose token expires this many seconds after the start; without a number it never expires. */
function connect(endsAfterSeconds?: number): StandInSocket {
  const expiresAt = endsAfterSeconds === undefined ? undefined : second(endsAfterSeconds);
  const client = new StandInSocket({ role: 'staff', sub: 'sam', expiresAt });
  client.on('disconnect', () => {
    expiry.disconnected(client.data);
  });
  expiry.connected(client.data);
  return client;
}

function renew(client: StandInSocket, endsAfterSeconds: number): void {
  client.data.principal = { ...client.data.principal, expiresAt: second(endsAfterSeconds) };
  expiry.schedule(client.data);
}

/** Lets time pass until this many milliseconds after the start. */
function passUntil(sinceStartMs: number): void {
  jest.advanceTimersByTime(START_MS + sinceStartMs - Date.now());
}

const warnings = ({ sent }: StandInSocket) => sent.filter(({ name }) => name === 'tokenExpiring').length;

it('warns a client a minute before its token expires, and says when that is', () => {
  const client = connect(300);
  passUntil(239_999);
  expect(client.sent).toEqual([]);
  passUntil(240_250);
  expect(client.sent).toEqual([{ name: 'tokenExpiring', payload: { expiresAt: '2026-11-23T10:05:00.000Z' } }]);
  passUntil(299_999);
  expect(warnings(client)).toBe(1);
});

it('closes a connection within 250 ms of the second at which its token expires', () => {
  jest.advanceTimersByTime(130); // so that no check falls on a whole second
  const client = connect(300);
  passUntil(299_999);
  expect(client.conn.ended).toBeUndefined();
  passUntil(300_250);
  expect(client.conn.ended).toBe('closed');
});

it.each([
  [20, 10],
  [3, 2],
])('warns a client whose token lasts %i s no earlier than after %i s', (lifeSeconds, warnedSeconds) => {
  const client = connect(lifeSeconds);
  passUntil(warnedSeconds * 1_000 - 1);
  expect(warnings(client)).toBe(0);
  passUntil(warnedSeconds * 1_000 + 250);
  expect(warnings(client)).toBe(1);
  expect(client.conn.ended).toBeUndefined();
  passUntil(lifeSeconds * 1_000 + 250);
  expect(client.conn.ended).toBe('closed');
});

it('warns and closes by the new token after a renewal', () => {
  const client = connect(100);
  passUntil(41_000);
  expect(warnings(client)).toBe(0); // no earlier than half-way
  passUntil(51_000);
  expect(warnings(client)).toBe(1);
  renew(client, 400);
  passUntil(339_999);
  expect(warnings(client)).toBe(1);
  expect(client.conn.ended).toBeUndefined();
  passUntil(340_250);
  expect(warnings(client)).toBe(2);
  passUntil(399_999);
  expect(client.conn.ended).toBeUndefined();
  passUntil(400_250);
  expect(client.conn.ended).toBe('closed');
});

it('does not warn of a token that was renewed before its warning', () => {
  const client = connect(300);
  passUntil(100_000);
  renew(client, 1_000);
  passUntil(939_999);
  expect(client.sent).toEqual([]);
  expect(client.conn.ended).toBeUndefined();
});

it.each([
  ['warned', 100_000],
  ['closed', 270_000],
])('leaves alone a client that has gone before it would be %s', (_what, goneAtMs) => {
  const client = connect(300);
  passUntil(goneAtMs);
  const before = warnings(client);
  client.goAway('transport close');
  passUntil(400_000);
  expect(warnings(client)).toBe(before);
  expect(client.conn.ended).toBeUndefined();
});

it('leaves alone a client whose token never expires', () => {
  const client = connect();
  passUntil(3_600_000);
  expect(client.sent).toEqual([]);
  expect(client.conn.ended).toBeUndefined();
});

it('warns and closes each of several clients whose tokens expire at the same second', () => {
  const [first, gone, third] = [connect(300), connect(300), connect(300)];
  gone.goAway('transport close');
  passUntil(240_250);
  expect([first, gone, third].map(warnings)).toEqual([1, 0, 1]);
  renew(third, 900);
  passUntil(300_250);
  expect([first, gone, third].map(({ conn }) => conn.ended)).toEqual(['closed', undefined, undefined]);
});

it.each([
  ['at that second', 30],
  ['a minute ago', -30],
])('closes a connection within 250 ms if its token expired %s', (_when, endsAfterSeconds) => {
  passUntil(30_600); // that second has already been checked
  const client = connect(endsAfterSeconds);
  passUntil(30_850);
  expect(client.conn.ended).toBe('closed');
  expect(client.sent).toEqual([]);
});

it('does all that was due when the clock jumps ahead by minutes', () => {
  const [ended, warned, untouched] = [connect(120), connect(340), connect(1_000)];
  passUntil(10_000);
  jest.setSystemTime(START_MS + 310_000);
  jest.advanceTimersByTime(250);
  expect([ended, warned, untouched].map(({ conn }) => conn.ended)).toEqual(['closed', undefined, undefined]);
  expect([ended, warned, untouched].map(warnings)).toEqual([0, 1, 0]);
  passUntil(340_250);
  expect(warned.conn.ended).toBe('closed');
});

/** Sets the clock to this many milliseconds after the start. No time passes. */
function setClock(sinceStartMs: number): void {
  jest.setSystemTime(START_MS + sinceStartMs);
}

describe('when the clock is set', () => {
  const HOUR_MS = 3_600_000;

  it('closes a connection that was made before the clock was ahead for some time', () => {
    const client = connect(3_605);
    setClock(HOUR_MS);
    jest.advanceTimersByTime(1_000);
    expect(client.conn.ended).toBeUndefined();
    setClock(1_000);
    passUntil(3_604_999);
    expect(client.conn.ended).toBeUndefined();
    passUntil(3_605_250);
    expect(client.conn.ended).toBe('closed');
  });

  it.each([
    ['while the clock is ahead', 500],
    ['right after the clock was set back, before the next check', 0],
    ['some time after the clock was set back', 1_000],
  ])('closes a connection that is made %s', (_when, checkedForMs) => {
    setClock(HOUR_MS);
    jest.advanceTimersByTime(500);
    const ahead = connect(8);
    setClock(0);
    jest.advanceTimersByTime(checkedForMs);
    const back = connect(8);
    passUntil(8_250);
    expect([ahead, back].map(({ conn }) => conn.ended)).toEqual(['closed', 'closed']);
  });

  it('closes a connection that was made while the clock was behind', () => {
    setClock(-HOUR_MS);
    const client = connect(8);
    jest.advanceTimersByTime(1_000);
    expect(client.conn.ended).toBeUndefined();
    setClock(8_000);
    jest.advanceTimersByTime(250);
    expect(client.conn.ended).toBe('closed');
  });

  it('closes each connection at its time, however often the clock is set forward and back', () => {
    const clients = [20, 40, 60].map((seconds) => connect(seconds));
    for (const [aheadMs, realMs] of [
      [19_000, 2_000],
      [-HOUR_MS, 5_000],
      [10_000, 9_000],
    ] as const) {
      setClock(aheadMs);
      jest.advanceTimersByTime(400);
      setClock(realMs);
      jest.advanceTimersByTime(400);
    }
    const open = () => clients.filter(({ conn }) => conn.ended === undefined).length;
    for (const seconds of [20, 40, 60]) {
      passUntil(seconds * 1_000 - 1);
      const before = open();
      passUntil(seconds * 1_000 + 250);
      expect([before, open()]).toEqual([open() + 1, (60 - seconds) / 20]);
    }
  });
});

it('does nothing more once the gateway has stopped', () => {
  const client = connect(300);
  expiry.onApplicationShutdown();
  passUntil(400_000);
  expect(client.sent).toEqual([]);
  expect(client.conn.ended).toBeUndefined();
});
