import { describe, expect, it } from '@jest/globals';
import { depthExceeds } from './json-body.js';

describe('depthExceeds', () => {
  it('counts nested objects and arrays', () => {
    expect(depthExceeds('[[],[],[{}]]', 3)).toBe(false);
    expect(depthExceeds('[[],[],[{}]]', 2)).toBe(true);
    expect(depthExceeds('['.repeat(100_000), 16)).toBe(true);
  });

  it('does not mistake text for structure', () => {
    expect(depthExceeds(JSON.stringify({ a: '[[[[{{{{', b: 'say "[[[[" \\' }), 1)).toBe(false);
  });
});
