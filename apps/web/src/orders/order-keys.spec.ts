import { expect, it } from '@jest/globals';
import { orderKey, type OrderKey } from './order-keys.js';

const PLAIN = { shiftKey: false, ctrlKey: false, metaKey: false, altKey: false };
const press = (key: string, held: Partial<typeof PLAIN> = {}) =>
  orderKey({ key, ...PLAIN, ...held }, { status: 'In Printing' });

it.each<[string, OrderKey | undefined]>([
  ['ArrowDown', { does: 'walk', direction: 'down' }],
  ['1', { does: 'move', status: 'In Production' }],
  ['5', { does: 'move', status: 'Delivery' }],
  ['6', undefined],
  ['0', undefined],
  ['Enter', { does: 'open' }],
  ['E', { does: 'edit' }],
  [' ', { does: 'pick' }],
  ['Delete', { does: 'remove' }],
  ['x', undefined],
])('%j does what it says', (key, expected) => {
  expect(press(key)).toEqual(expected);
});

it('moves to the stage beside with Shift and an arrow, if there is one', () => {
  const shift = { shiftKey: true };
  expect(press('ArrowRight', shift)).toEqual({ does: 'move', status: 'In Binding' });
  expect(press('ArrowLeft', shift)).toEqual({ does: 'move', status: 'In Production' });
  expect(press('ArrowUp', shift)).toBeUndefined();
  expect(orderKey({ key: 'ArrowRight', ...PLAIN, ...shift }, { status: 'Delivery' })).toBeUndefined();
});

it('leaves keys of the browser alone', () => {
  expect([press('1', { ctrlKey: true }), press('ArrowLeft', { altKey: true }), press('e', { metaKey: true })]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});
