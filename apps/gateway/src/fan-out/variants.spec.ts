import { expect, it } from '@jest/globals';
import { perVariant } from './variants.js';

it('makes something once for each variant, and none that nobody needs', () => {
  const made: string[] = [];
  const textFor = perVariant((variant) => {
    made.push(variant);
    return `for ${variant}`;
  });
  expect(made).toEqual([]);
  expect([textFor('public'), textFor('public')]).toEqual(['for public', 'for public']);
  expect(made).toEqual(['public']);
  expect(textFor('staff')).toBe('for staff');
  expect(made).toEqual(['public', 'staff']);
});
