import { describe, expect, it } from '@jest/globals';
import { Origins } from './origins.js';

describe('Origins', () => {
  const origins = new Origins([
    'https://shop.example',
    'http://localhost:*',
    'http://[::1]:*',
    'https://Big.example:443',
  ]);

  it.each([
    ['a program, which has none', undefined, true],
    ['a listed one', 'https://shop.example', true],
    ['a listed one in other letters, with the port that it has anyway', 'HTTPS://SHOP.example:443', true],
    ['one that is listed in other letters, with the port that it has anyway', 'https://big.example', true],
    ['any port where the list says so', 'http://localhost:5173', true],
    ['the usual port where the list says any', 'http://localhost', true],
    ['any port of an IPv6 address', 'http://[::1]:5173', true],
    ['another scheme', 'http://shop.example', false],
    ['another scheme where the list says any port', 'https://localhost:5173', false],
    ['another port', 'https://shop.example:444', false],
    ['one that begins the same', 'https://shop.example.evil.example', false],
    ['one that ends the same', 'https://evil-shop.example', false],
    ['a host that begins like one with any port', 'http://localhost.evil.example:80', false],
    ['one with a user', 'https://shop.example@evil.example', false],
    ['one with a user before the listed host', 'https://evil@shop.example', false],
    ['one with a path', 'https://shop.example/evil', false],
    ['two', 'https://shop.example, https://evil.example', false],
    ['a sandbox', 'null', false],
    ['a file', 'file://', false],
    ['an extension of a browser', 'chrome-extension://abcdefgh', false],
    ['no URL at all', 'shop.example', false],
    ['nothing', '', false],
  ])('lets in %s: %s %s', (_name, origin, allowed) => {
    expect(origins.allow(origin, 'galley.example')).toBe(allowed);
  });

  it.each([
    ['galley.example', undefined, 'https://galley.example', true],
    ['galley.example', undefined, 'http://galley.example', true],
    ['galley.example', 'https', 'https://galley.example', true],
    ['galley.example', 'https', 'http://galley.example', false],
    ['galley.example', 'http', 'https://galley.example', false],
    ['galley.example', undefined, 'https://other.example', false],
    ['galley.example', undefined, 'https://user@galley.example', false],
    ['Galley.Example', undefined, 'https://galley.EXAMPLE', true],
    ['galley.example.', undefined, 'https://galley.example', true],
    ['galley.example:443', undefined, 'https://galley.example', true],
    ['galley.example:443', 'http', 'https://galley.example', true],
    ['galley.example:443', undefined, 'http://galley.example', false],
    ['galley.example:80', undefined, 'http://galley.example', true],
    ['galley.example:80', undefined, 'https://galley.example', false],
    ['galley.example:8443', 'https', 'https://galley.example:8443', true],
    ['galley.example:8443', undefined, 'https://galley.example:8443', false],
    ['127.0.0.1:3000', undefined, 'http://127.0.0.1:3000', true],
    ['127.0.0.1:3000', undefined, 'https://127.0.0.1:3000', false],
    ['127.0.0.1:3000', undefined, 'http://127.0.0.1:3001', false],
    ['[2001:db8::1]:3000', undefined, 'http://[2001:DB8::1]:3000', true],
    ['[2001:db8::1]', 'https', 'https://[2001:db8::1]', true],
    ['[2001:db8::1]', 'https', 'https://[2001:db8::2]', false],
    ['', undefined, 'https://galley.example', false],
    ['galley.example, evil.example', undefined, 'https://evil.example', false],
  ] as const)('takes a page for its own, at %s by %s: %s %s', (host, scheme, origin, own) => {
    expect(new Origins([]).allow(origin, host, scheme)).toBe(own);
  });

  it('lets in every origin if the list is "*"', () => {
    expect(new Origins(['*']).allow('https://evil.example')).toBe(true);
  });
});
