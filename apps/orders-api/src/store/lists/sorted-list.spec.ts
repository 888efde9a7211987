import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SortedList } from './sorted-list.js';

const byNumber = (a: number, b: number) => a - b;

describe('a sorted list', () => {
  it('has what was added and not removed, from each place on, in both directions', () => {
    // Long runs fill and empty its chunks; single numbers fall into the gaps.
    const run = fc.record({
      from: fc.nat(3_000),
      count: fc.oneof(fc.constant(1), fc.nat(1_500)),
      step: fc.integer({ min: 1, max: 3 }),
    });
    const change = fc.record({ kind: fc.constantFrom('add', 'remove'), run, isReversed: fc.boolean() });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 12 }), fc.array(fc.nat(8_000)), (changes, places) => {
        const list = new SortedList<number>(byNumber);
        const expected = new Set<number>();
        for (const {
          kind,
          run: { from, count, step },
          isReversed,
        } of changes) {
          const numbers = Array.from({ length: count }, (_, i) => from + i * step);
          for (const number of isReversed ? numbers.reverse() : numbers) {
            list[kind](number);
            expected[kind === 'add' ? 'add' : 'delete'](number);
          }
        }
        const sorted = [...expected].sort(byNumber);
        expect(list.size).toBe(sorted.length);
        expect([...list.ascending()]).toEqual(sorted);
        expect([...list.descending()]).toEqual([...sorted].reverse());
        for (const place of places) {
          expect([...list.ascending(place)]).toEqual(sorted.filter((number) => number > place));
          expect([...list.descending(place)]).toEqual(sorted.filter((number) => number < place).reverse());
          expect(list.hasAfter(place)).toBe(sorted.some((number) => number > place));
        }
      }),
      { numRuns: 50 },
    );
  });

  it('goes on after the first item, whatever that is', () => {
    const list = new SortedList<number>(byNumber);
    for (const number of [0, 1]) list.add(number);
    expect([[...list.ascending(0)], [...list.descending(1)]]).toEqual([[1], [0]]);
  });

  it('appends an item that is the last, once', () => {
    const list = new SortedList<number>(byNumber);
    for (let number = 0; number < 2_000; number++) for (let times = 0; times < 2; times++) list.append(number);
    expect([list.size, [...list.ascending(1_997)]]).toEqual([2_000, [1_998, 1_999]]);
  });

  it('is copied, and neither of the two changes with the other', () => {
    const list = new SortedList<number>(byNumber);
    for (let number = 0; number < 2_000; number++) list.add(number);
    const copy = list.copy();
    list.remove(7);
    copy.remove(8);
    expect([list.size, copy.size, [...list.descending(9)][0], [...copy.descending(9)][0]]).toEqual([
      1_999, 1_999, 8, 7,
    ]);
  });

  it('compares few of 100,000 items to change, or to read from some place on', () => {
    let compared = 0;
    const list = new SortedList<number>((a, b) => {
      compared++;
      return byNumber(a, b);
    });
    for (let number = 0; number < 100_000; number++) list.append(2 * number);
    expect(compared).toBe(0);
    const work: Record<string, () => unknown> = {
      add: () => {
        list.add(77_777);
      },
      remove: () => {
        list.remove(77_777);
      },
      ascending: () => list.ascending(123_456).next(),
      descending: () => list.descending(123_456).next(),
    };
    for (const [what, act] of Object.entries(work)) {
      compared = 0;
      act();
      expect([what, compared <= 20]).toEqual([what, true]);
    }
  });
});
