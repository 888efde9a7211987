import { type IncomingMessage } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { clientAddress } from './client-address.js';

const request = (remoteAddress: string, forwarded?: string) =>
  ({ socket: { remoteAddress }, headers: { 'x-forwarded-for': forwarded } }) as unknown as IncomingMessage;

describe('clientAddress', () => {
  it('is the peer where no proxy is trusted, whatever the peer says', () => {
    expect(clientAddress([])(request('10.0.0.9', '1.2.3.4'))).toBe('10.0.0.9');
  });

  it.each([
    ['the peer, where that is no proxy', '172.16.0.1', '1.2.3.4', '172.16.0.1'],
    ['who the proxy says', '10.0.0.9', '1.2.3.4', '1.2.3.4'],
    ['who the nearest proxy says, not what came with the request', '10.0.0.9', '6.6.6.6, 1.2.3.4', '1.2.3.4'],
    ['who the farthest trusted proxy says', '10.0.0.9', '1.2.3.4, 10.0.0.8', '1.2.3.4'],
    ['the proxy, where it says nothing', '10.0.0.9', undefined, '10.0.0.9'],
  ])('is %s', (_name, peer, forwarded, expected) => {
    expect(clientAddress(['10.0.0.0/8'])(request(peer, forwarded))).toBe(expected);
  });
});
