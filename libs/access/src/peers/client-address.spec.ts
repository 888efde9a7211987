import { type IncomingMessage } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { clientAddress } from './client-address.js';

const request = (remoteAddress: string, forwarded?: string) =>
  ({ socket: { remoteAddress }, headers: { 'x-forwarded-for': forwarded } }) as unknown as IncomingMessage;

describe('clientAddress', () => {
  it('is the peer when no proxy is trusted, whatever the headers say', () => {
    expect(clientAddress([])(request('10.0.0.9', '1.2.3.4'))).toBe('10.0.0.9');
  });

  it.each([
    ['the peer, if it is no trusted proxy', '172.16.0.1', '1.2.3.4', '172.16.0.1'],
    ['the address that the proxy names', '10.0.0.9', '1.2.3.4', '1.2.3.4'],
    [
      'the address that the nearest proxy names, not the one in the original request',
      '10.0.0.9',
      '6.6.6.6, 1.2.3.4',
      '1.2.3.4',
    ],
    ['the address that the farthest trusted proxy names', '10.0.0.9', '1.2.3.4, 10.0.0.8', '1.2.3.4'],
    ['the proxy, if it names no address', '10.0.0.9', undefined, '10.0.0.9'],
  ])('is %s', (_name, peer, forwarded, expected) => {
    expect(clientAddress(['10.0.0.0/8'])(request(peer, forwarded))).toBe(expected);
  });
});
