import { beforeEach, describe, expect, it } from '@jest/globals';
import { type Turns } from './turns.js';

/** The contract of all turns. `open` gives new ones of which none is taken. */
export function turnsContract(open: () => Promise<Turns>): void {
  describe('a turn', () => {
    let turns: Turns;
    beforeEach(async () => {
      turns = await open();
    });

    it('is taken once, however many ask at once', async () => {
      for (const turn of [7, 8]) {
        const taken = await Promise.all(Array.from({ length: 10 }, () => turns.takeTurn('sweep', turn)));
        expect(taken.filter(Boolean)).toHaveLength(1);
        expect(await turns.takeTurn('sweep', turn)).toBe(false);
      }
    });

    it('is over once the next one is taken, whose clock is a little ahead', async () => {
      expect([await turns.takeTurn('sweep', 7), await turns.takeTurn('sweep', 6)]).toEqual([true, false]);
    });

    it('may come long after the last one, and long before it if that clock was wrong', async () => {
      expect([
        await turns.takeTurn('sweep', 7),
        await turns.takeTurn('sweep', 90),
        await turns.takeTurn('sweep', 8),
      ]).toEqual([true, true, true]);
    });

    it('of one kind of work does not hinder another', async () => {
      expect([await turns.takeTurn('sweep', 7), await turns.takeTurn('mop', 7)]).toEqual([true, true]);
    });
  });
}
