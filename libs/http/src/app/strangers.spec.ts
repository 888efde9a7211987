import { type IncomingMessage } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Peers } from '../peers/peers.js';
import { Strangers } from './strangers.js';

const PROXY = '10.0.0.1';
const [ANA, EVE] = ['192.0.2.1', '192.0.2.2'];

interface Said {
  url?: string;
  forwardedFor?: string;
  authorization?: string;
}

const aRequest = (address: string, { url = '/orders', forwardedFor, authorization }: Said = {}) =>
  ({
    method: 'GET',
    url,
    socket: { remoteAddress: address },
    headers: { 'x-forwarded-for': forwardedFor, authorization },
  }) as unknown as IncomingMessage;

describe('a request of a stranger', () => {
  let strangers: Strangers;

  beforeEach(() => {
    jest.useFakeTimers();
    strangers = new Strangers({ perSecond: 1, burst: 2 }, new Peers([PROXY]));
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  /** Whether a request passes at once. */
  const passes = (request: IncomingMessage) => {
    const wait = strangers.charge(request);
    wait?.catch(() => undefined);
    return wait === undefined;
  };

  it('passes until its address has sent a burst, and others pass', () => {
    expect([passes(aRequest(EVE)), passes(aRequest(EVE)), passes(aRequest(EVE))]).toEqual([true, true, false]);
    expect(passes(aRequest(ANA))).toBe(true);
  });

  it('is refused slowly without a token: after a second, with the time to wait', async () => {
    for (let i = 0; i < 2; i++) passes(aRequest(EVE));
    let refusal: unknown;
    strangers.charge(aRequest(EVE))?.catch((error: unknown) => (refusal = error));
    await jest.advanceTimersByTimeAsync(999);
    expect(refusal).toBeUndefined();
    await jest.advanceTimersByTimeAsync(1);
    expect(refusal).toMatchObject({ code: 'too_many_requests', options: { retryAfterSeconds: 1 } });
  });

  it('costs nothing once its caller is known', () => {
    for (let i = 0; i < 100; i++) {
      const request = aRequest(ANA);
      expect(passes(request)).toBe(true);
      strangers.recognize(request);
    }
  });

  it('is not charged if its caller was known a moment ago, whatever others have sent from the same address', () => {
    const byBen = () => aRequest(EVE, { authorization: 'Bearer ben' });
    const first = byBen();
    expect(passes(first)).toBe(true);
    strangers.recognize(first);
    for (let i = 0; i < 3; i++) passes(aRequest(EVE));
    for (let i = 0; i < 20; i++) expect(passes(byBen())).toBe(true);
    expect(passes(byBen())).toBe(false); // none of these was recognized, so it is a stranger's again
    expect(passes(aRequest(EVE, { authorization: 'Bearer eve' }))).toBe(false);
  });

  it('gets no token back that it did not take', () => {
    const request = aRequest(EVE, { authorization: 'Bearer ben' });
    passes(request);
    for (let i = 0; i < 10; i++) strangers.recognize(aRequest(EVE, { authorization: 'Bearer ben' }));
    expect([passes(aRequest(EVE)), passes(aRequest(EVE))]).toEqual([true, false]);
  });

  it('about health is never refused: without a token it waits for a quarter of a second', async () => {
    const health = aRequest(EVE, { url: '/health/ready' });
    for (let i = 0; i < 2; i++) expect(passes(health)).toBe(true);
    let isAnswered = false;
    void strangers.charge(health)?.then(() => (isAnswered = true));
    await jest.advanceTimersByTimeAsync(249);
    expect(isAnswered).toBe(false);
    await jest.advanceTimersByTimeAsync(1);
    expect(isAnswered).toBe(true);
  });

  it('is charged to the address that a trusted proxy names, never to the proxy', () => {
    for (let i = 0; i < 2; i++) passes(aRequest(PROXY, { forwardedFor: EVE }));
    expect(passes(aRequest(PROXY, { forwardedFor: EVE }))).toBe(false);
    expect(passes(aRequest(PROXY, { forwardedFor: ANA }))).toBe(true);
    for (let i = 0; i < 10; i++) expect(passes(aRequest(PROXY))).toBe(true);
  });
});
