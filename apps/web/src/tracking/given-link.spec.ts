import { expect, it } from '@jest/globals';
import { parseLink } from './given-link.js';

const tokenFor = (claims: object) =>
  `head.${btoa(JSON.stringify(claims)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')}.signature`;

it('finds the order and the token in a tracking link, and for which order the token is', () => {
  const token = tokenFor({ orderId: 'GL-7', sub: 'link:~~>?' });
  expect(parseLink({ pathname: '/track/GL-7', hash: `#${token}` })).toEqual({
    orderId: 'GL-7',
    token,
    orderIdOfToken: 'GL-7',
  });
});

it.each([
  ['', { orderId: 'GL-7' }],
  ['#', { orderId: 'GL-7' }],
  ['#x', { orderId: 'GL-7', token: 'x', orderIdOfToken: undefined }],
  ['#a.b.c', { orderId: 'GL-7', token: 'a.b.c', orderIdOfToken: undefined }],
])('reads a link that has lost a part of its token: %j', (hash, link) => {
  expect(parseLink({ pathname: '/track/GL-7', hash })).toEqual(link);
});
