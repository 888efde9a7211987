import { expect, it } from '@jest/globals';
import { commitOf } from '../large-lists.contract.js';
import { ListIndexesInMemory } from './list-indexes-in-memory.js';
import { factsOf, type OrderFilter } from './order-filter.js';

const COUNT = 20_000;

const LISTS: { what: string; filter: OrderFilter; found: number; examined: number }[] = [
  { what: 'all orders', filter: {}, found: COUNT, examined: COUNT },
  { what: 'a customer', filter: { customerId: 'c7' }, found: 40, examined: 40 },
  { what: 'a status', filter: { statuses: ['In Printing'] }, found: 1_000, examined: 1_000 },
  { what: 'open orders', filter: { open: true }, found: 1_000, examined: 1_000 },
  { what: 'a common word', filter: { words: ['annual'] }, found: COUNT, examined: COUNT },
  { what: 'a rare word', filter: { words: ['annual', '11999'] }, found: 1, examined: 1_024 },
  { what: 'no word', filter: { words: ['annual', 'none'] }, found: 0, examined: 0 },
  { what: 'a letter', filter: { words: ['z'] }, found: 0, examined: 0 },
  { what: 'a letter of open orders', filter: { open: true, words: ['a'] }, found: 1_000, examined: 1_000 },
  { what: 'a rare word of open orders', filter: { open: true, words: ['11980'] }, found: 1, examined: 1_000 },
  {
    what: 'a rare status of a customer',
    filter: { customerId: 'c0', statuses: ['In Printing'] },
    found: 40,
    examined: 40,
  },
  { what: 'open orders in Delivery', filter: { open: true, statuses: ['Delivery'] }, found: 0, examined: 1_000 },
];

const indexes = new ListIndexesInMemory();
for (let i = 0; i < COUNT; i++) {
  const { order } = commitOf(i, COUNT);
  indexes.move({ order, facts: factsOf(order, 'UTC') }, undefined, true);
}

it.each(LISTS)('a list of $what examines no more orders than it needs', ({ filter, found, examined }) => {
  const { orders, matches } = indexes.read(filter);
  expect([...orders.ascending()].filter(({ order, facts }) => matches(order, facts))).toHaveLength(found);
  expect(orders.size).toBeLessThanOrEqual(examined);
});
