import { describe, expect, it } from '@jest/globals';
import { Origins } from './origins.js';

describe('Origins', () => {
  const origins = new Origins(['https://shop.example', 'http://localhost:*']);

  it.each([
    ['a program, which has none', undefined, true],
    ['a listed one', 'https://shop.example', true],
    ['any port where the list says so', 'http://localhost:5173', true],
    ['its own', 'https://galley.example', true],
    ['another scheme', 'http://shop.example', false],
    ['another port', 'https://shop.example:444', false],
    ['one that begins the same', 'https://shop.example.evil.example', false],
    ['one that ends the same', 'https://evil-shop.example', false],
    ['a host that begins like one with any port', 'http://localhost.evil.example:80', false],
    ['a sandbox', 'null', false],
    ['no URL at all', 'shop.example', false],
  ])('lets in %s: %s %s', (_name, origin, allowed) => {
    expect(origins.allow(origin, 'galley.example')).toBe(allowed);
  });

  it('lets in every origin if the list is "*"', () => {
    expect(new Origins(['*']).allow('https://evil.example')).toBe(true);
  });
});
