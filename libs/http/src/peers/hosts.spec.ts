import { describe, expect, it } from '@jest/globals';
import { Hosts } from './hosts.js';

describe('Hosts', () => {
  const hosts = new Hosts(['Shop.example', 'galley.localhost']);

  it.each([
    ['this machine', 'localhost'],
    ['this machine, with a port', 'LOCALHOST:3000'],
    ['an IPv4 address', '192.168.1.20:3000'],
    ['an IPv6 address', '[::1]:3000'],
    ['an IPv6 address without a port', '[2001:DB8::1]'],
    ['a listed name', 'shop.example'],
    ['a listed name in other letters, with a port', 'SHOP.example:8080'],
    ['a listed name with the dot that ends it', 'shop.example.:8080'],
    ['a second listed name', 'galley.localhost'],
    ['a program that names none', undefined],
    ['a program that names an empty one', ''],
  ])('answers to %s: %s', (_name, host) => {
    expect(hosts.allow(host)).toBe(true);
  });

  it.each([
    'evil.example',
    'evil.example:3000',
    'localhost.evil.example',
    'evil.localhost',
    'notshop.example',
    'shop.example.evil.example',
    'shop.example@evil.example',
    'gateway',
    '127.0.0.1.evil.example',
    '127.0.0.1@evil.example',
    '2130706433',
    '0x7f.1',
    '127.1',
    '[evil.example]',
    '::1',
    'localhost:x',
    'localhost, evil.example',
    '.',
    ':3000',
  ])('does not answer to %s', (host) => {
    expect(hosts.allow(host)).toBe(false);
  });
});
