import { expect, it } from '@jest/globals';
import { ByteCache } from './byte-cache.js';

const kept = (cache: ByteCache<{ bytes: number }>, ...keys: string[]) => keys.filter((key) => cache.get(key)).join('');

it('keeps what was used last, up to its limit', () => {
  const cache = new ByteCache<{ bytes: number }>(100);
  for (const key of ['a', 'b', 'c']) cache.set(key, { bytes: 30 });
  cache.get('a');
  cache.set('d', { bytes: 40 });
  expect(kept(cache, 'a', 'b', 'c', 'd')).toBe('acd');
});

it('counts a value that is replaced once', () => {
  const cache = new ByteCache<{ bytes: number }>(100);
  for (let i = 0; i < 10; i++) cache.set('a', { bytes: 60 });
  cache.set('b', { bytes: 40 });
  expect(kept(cache, 'a', 'b')).toBe('ab');
});

it('does not keep what is greater than its limit, and has room for others afterwards', () => {
  const cache = new ByteCache<{ bytes: number }>(100);
  cache.set('a', { bytes: 101 });
  expect(kept(cache, 'a')).toBe('');
  cache.set('b', { bytes: 100 });
  expect(kept(cache, 'b')).toBe('b');
});

it('has room for others after it was cleared', () => {
  const cache = new ByteCache<{ bytes: number }>(100);
  cache.set('a', { bytes: 100 });
  cache.clear();
  cache.set('b', { bytes: 100 });
  expect(kept(cache, 'a', 'b')).toBe('b');
});
