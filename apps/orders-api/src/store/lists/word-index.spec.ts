import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { finderOf } from '@galley/contracts';
import { type ListedOrder } from './listed-orders.js';
import { WordIndex } from './word-index.js';

/** So many letters of few kinds that many words have beginnings in common. */
const LETTERS = ['a', 'b', '東', '𝒳'];

function listed(number: number, words: readonly string[]): ListedOrder {
  const order = { orderId: String(number), dateIssued: new Date(number).toISOString() };
  return { order: order as ListedOrder['order'], facts: { dueAtMs: undefined, searchText: searchTextOf(words) } };
}

const searchTextOf = (words: readonly string[]) => words.map((word) => ` ${word}`).join('');

function put(index: WordIndex, order: ListedOrder, before = ''): void {
  index.move(order, before, order.facts.searchText, (orders) => {
    orders.add(order);
  });
}

const found = (index: WordIndex, word: string) => {
  const { orders, isExact } = index.find(word);
  return { orders: [...orders.ascending()], isExact };
};

describe('the index of words', () => {
  it('finds all orders that have a word with a beginning, and no more than some others', () => {
    const word = fc.string({ unit: fc.constantFrom(...LETTERS), minLength: 1, maxLength: 4 });
    const words = fc.uniqueArray(word, { maxLength: 4 });
    const change = fc.tuple(fc.nat(4_999), fc.oneof(words, fc.constant('leaves' as const)));
    const first = fc.array(words, { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(first, fc.array(change, { maxLength: 40 }), fc.array(word), (texts, changes, searched) => {
        const index = new WordIndex();
        // So many that the tree is divided.
        const orders = Array.from({ length: 5_000 }, (_, i) => listed(i, texts[(i * i) % texts.length] ?? []));
        const present = new Set(orders);
        for (const order of orders) put(index, order);
        for (const [number, next] of changes) {
          const order = orders[number];
          if (!order || !present.has(order)) continue;
          const { searchText } = order.facts;
          if (next === 'leaves') {
            index.move(order, searchText, '', () => undefined);
            present.delete(order);
          } else {
            order.facts = { ...order.facts, searchText: searchTextOf(next) };
            put(index, order, searchText);
          }
        }
        for (const asked of searched) {
          const isFound = finderOf([asked]);
          const expected = [...present].filter(({ facts }) => isFound(facts.searchText));
          const { orders, isExact } = found(index, asked);
          expect(orders.filter(({ facts }) => isFound(facts.searchText))).toEqual(expected);
          expect(orders.length).toBeLessThanOrEqual(isExact ? expected.length : 1_024);
        }
      }),
      { numRuns: 15 },
    );
  });

  it('examines few orders in vain, whatever beginnings many of them share', () => {
    const index = new WordIndex();
    const numberOf = (i: number) => `2026${String(i).padStart(8, '0')}`;
    for (let i = 0; i < 20_000; i++)
      put(index, listed(i, ['customer', numberOf(i), ...(i % 2_000 === 7 ? ['custard'] : [])]));
    for (const [word, count] of Object.entries({
      c: 20_000,
      cust: 20_000,
      customer: 20_000,
      custard: 10,
      '20260001': 10_000,
    })) {
      expect([word, index.find(word).orders.size, index.find(word).isExact]).toEqual([word, count, true]);
    }
    for (const word of ['d', 'cuts', 'customers', '2027'])
      expect([word, index.find(word).orders.size]).toEqual([word, 0]);
    const { orders } = found(index, numberOf(12_345));
    expect(orders.length).toBeLessThanOrEqual(1_024);
    expect(orders.filter(({ facts }) => facts.searchText.includes(numberOf(12_345)))).toHaveLength(1);
  });
});
