import { expect, it } from '@jest/globals';
import { formatAddress, parseAddress } from './address.js';

it('reads what it has written', () => {
  const address = { view: 'list', sort: 'due', filter: 'late', q: 'café & co', order: 'GL-2418' } as const;
  expect(parseAddress(formatAddress(address))).toEqual(address);
});

it('takes the default for what is not said, or wrong', () => {
  const nothing = { view: 'columns', sort: 'newest', filter: 'all', q: '' };
  expect(parseAddress('')).toEqual(nothing);
  expect(parseAddress('?view=pie&sort=colour&show=7')).toEqual(nothing);
  expect(formatAddress(parseAddress('?view=pie'))).toBe('');
});

it('keeps the fields of others', () => {
  expect(formatAddress(parseAddress('?lang=de&view=list'), '?lang=de&view=list')).toBe('?lang=de&view=list');
});
