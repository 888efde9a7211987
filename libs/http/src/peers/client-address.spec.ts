import { type IncomingMessage } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { addressKey, clientAddress, normalAddress, trustedProxies } from './client-address.js';

const request = (remoteAddress: string, forwarded?: string, others: Record<string, string> = {}) =>
  ({ socket: { remoteAddress }, headers: { 'x-forwarded-for': forwarded, ...others } }) as unknown as IncomingMessage;

describe('normalAddress', () => {
  it.each([
    ['203.0.113.2', '203.0.113.2'],
    ['203.0.113.2:40000', '203.0.113.2'],
    ['::ffff:203.0.113.2', '203.0.113.2'],
    ['::FFFF:CB00:7102', '203.0.113.2'],
    ['0:0:0:0:0:ffff:203.0.113.2', '203.0.113.2'],
    ['[::ffff:203.0.113.2]:40000', '203.0.113.2'],
    ['::1', '::1'],
    ['2001:DB8:0:0:0:0:0:A', '2001:db8::a'],
    ['[2001:db8::a]', '2001:db8::a'],
    ['[2001:db8::a]:443', '2001:db8::a'],
    ['fe80::1%eth0', 'fe80::1'],
    ['[fe80::1%25eth0]:443', 'fe80::1'],
  ])('makes %s to %s', (text, expected) => {
    expect(normalAddress(text)).toBe(expected);
  });

  it.each([
    '',
    'unknown',
    '_hidden',
    '1.2.3',
    '1.2.3.4.5',
    '256.1.1.1',
    '01.2.3.4',
    '1.2.3.4:x',
    '::1::',
    '[::1',
    'g::1',
  ])('does not take %j for an address', (text) => {
    expect(normalAddress(text)).toBeUndefined();
  });
});

describe('addressKey', () => {
  it.each([
    ['203.0.113.2', '203.0.113.2'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::6', '2001:db8:1:2::/64'],
    ['2001:db8::6', '2001:db8:0:0::/64'],
    ['2001:db8::1:2:3:4:5', '2001:db8:0:1::/64'],
    ['2001:db8::', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::', '0:0:0:0::/64'],
    ['', ''],
  ])('of %s is %s', (address, expected) => {
    expect(addressKey(address)).toBe(expected);
  });
});

describe('trustedProxies', () => {
  const isTrusted = trustedProxies(['10.0.0.0/8', 'fd00::/8']);

  it.each([
    ['10.1.2.3', true],
    ['::ffff:10.1.2.3', true],
    ['FD00::1', true],
    ['fd00::1%eth0', true],
    ['192.0.2.1', false],
    ['2001:db8::1', false],
    ['unknown', false],
    [undefined, false],
  ])('trusts %s: %s', (address, expected) => {
    expect(isTrusted(address)).toBe(expected);
  });
});

describe('clientAddress', () => {
  it('is the peer when no proxy is trusted, whatever the headers say', () => {
    expect(clientAddress([])(request('10.0.0.9', '1.2.3.4'))).toBe('10.0.0.9');
  });

  it.each([
    ['the peer, if it is no trusted proxy', '172.16.0.1', '1.2.3.4', '172.16.0.1'],
    ['the peer in normal form', '::ffff:172.16.0.1', undefined, '172.16.0.1'],
    ['the address that the proxy names', '10.0.0.9', '1.2.3.4', '1.2.3.4'],
    ['what a proxy names whose own address is mapped', '::ffff:10.0.0.9', '1.2.3.4', '1.2.3.4'],
    ['the address without its port', '10.0.0.9', '1.2.3.4:40000', '1.2.3.4'],
    ['the IPv6 address without brackets and port', '10.0.0.9', '[2001:DB8::1]:40000', '2001:db8::1'],
    ['the mapped address as IPv4', '10.0.0.9', '::ffff:1.2.3.4', '1.2.3.4'],
    [
      'the address that the nearest proxy names, not the one in the original request',
      '10.0.0.9',
      '6.6.6.6, 1.2.3.4',
      '1.2.3.4',
    ],
    ['the address that the farthest trusted proxy names', '10.0.0.9', '1.2.3.4, 10.0.0.8', '1.2.3.4'],
    ['the same where the nearer proxy is named with its port', '10.0.0.9', '1.2.3.4, 10.0.0.8:80', '1.2.3.4'],
    ['the proxy, if it names no address', '10.0.0.9', undefined, '10.0.0.9'],
    ['the proxy, if it names nothing', '10.0.0.9', ' , ', '10.0.0.9'],
    ['the proxy, if it names something else', '10.0.0.9', '1.2.3.4, unknown', '10.0.0.9'],
    ['the nearer proxy, if the farther one names something else', '10.0.0.9', 'x, 10.0.0.8', '10.0.0.8'],
  ])('is %s', (_name, peer, forwarded, expected) => {
    expect(clientAddress(['10.0.0.0/8'])(request(peer, forwarded))).toBe(expected);
  });

  it.each(['forwarded', 'x-real-ip', 'x-client-ip', 'cf-connecting-ip', 'true-client-ip', 'x-forwarded-host'])(
    'believes nobody who sends %s',
    (header) => {
      expect(clientAddress(['10.0.0.0/8'])(request('10.0.0.9', undefined, { [header]: '1.2.3.4' }))).toBe('10.0.0.9');
    },
  );
});
