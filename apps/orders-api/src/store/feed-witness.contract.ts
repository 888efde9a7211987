import { beforeEach, describe, expect, it } from '@jest/globals';
import { type Position } from '@galley/contracts';
import { type FeedWitness } from './feed-witness.js';

const at = (seq: number, epoch = '00000001aaaaaaaa'): Position => ({ epoch, seq, digest: '0123456789abcdef' });

/** The contract of every witness. `open` gives a new one that has recorded nothing. */
export function feedWitnessContract(open: () => Promise<FeedWitness>): void {
  describe('a witness of the feed', () => {
    let witness: FeedWitness;
    beforeEach(async () => {
      witness = await open();
    });

    it('has recorded nothing at first', async () => {
      expect(await witness.newest()).toBeUndefined();
      expect(await witness.record(at(0), undefined)).toBe(true);
      expect(await witness.newest()).toEqual(at(0));
    });

    it('records a position only in place of the one that the caller knows', async () => {
      await witness.record(at(9), undefined);
      for (const known of [
        undefined,
        at(8),
        at(10),
        at(9, '00000002aaaaaaaa'),
        { ...at(9), digest: '0000000000000000' },
      ]) {
        expect(await witness.record(at(11), known)).toBe(false);
      }
      expect(await witness.newest()).toEqual(at(9));
      expect(await witness.record(at(1_000_000), at(9))).toBe(true);
      expect(await witness.record(at(1, '00000002aaaaaaaa'), at(1_000_000))).toBe(true);
      expect(await witness.newest()).toEqual(at(1, '00000002aaaaaaaa'));
    });

    it('lets exactly one of those win who know the same position', async () => {
      let known: Position | undefined;
      for (const seqs of [
        [3, 1, 5, 2, 4],
        [8, 6, 9, 7],
      ]) {
        const wins = await Promise.all(seqs.map((seq) => witness.record(at(seq), known)));
        expect(wins.filter(Boolean)).toHaveLength(1);
        known = await witness.newest();
        expect(known).toEqual(at(seqs[wins.indexOf(true)] ?? 0));
      }
    });
  });
}
