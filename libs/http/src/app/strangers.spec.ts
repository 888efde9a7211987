import { type IncomingMessage } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Peers } from '../peers/peers.js';
import { Strangers } from './strangers.js';

const PROXY = '10.0.0.1';
const [ANA, EVE] = ['192.0.2.1', '192.0.2.2'];

const aRequest = (address: string, { url = '/orders', forwardedFor }: { url?: string; forwardedFor?: string } = {}) =>
  ({
    method: 'GET',
    url,
    socket: { remoteAddress: address },
    headers: { 'x-forwarded-for': forwardedFor },
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
      expect(passes(aRequest(ANA))).toBe(true);
      strangers.recognize(aRequest(ANA));
    }
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
