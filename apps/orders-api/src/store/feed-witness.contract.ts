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
      expect(await witness.record(at(0))).toBeUndefined();
      expect(await witness.newest()).toEqual(at(0));
    });

    it('keeps the newest position, whatever comes late, and says which it had before', async () => {
      const positions = [at(9), at(10), at(2), at(1_000_000), at(1, '00000002aaaaaaaa'), at(7)];
      const before: (Position | undefined)[] = [];
      for (const position of positions) before.push(await witness.record(position));
      expect(before).toEqual([undefined, at(9), at(10), at(10), at(1_000_000), at(1, '00000002aaaaaaaa')]);
      expect(await witness.newest()).toEqual(at(1, '00000002aaaaaaaa'));
    });

    it('keeps the newest of positions that are recorded at the same time', async () => {
      await Promise.all([3, 1, 5, 2, 4].map((seq) => witness.record(at(seq))));
      expect(await witness.newest()).toEqual(at(5));
    });
  });
}
