import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { waitFor } from '@galley/testing';
import { type Change, type PublishedChange } from './change.js';
import { type ChangeFeed, type FeedGap } from './change-feed.js';

export const aChange = (orderId: string, revision: number): Change => ({
  type: revision === 1 ? 'created' : 'updated',
  orderId,
  customerId: 'ana',
  revision,
  timestamp: '2026-11-23T10:00:00.000Z',
  event: JSON.stringify({ orderId, revision, message: 'Grüße "an" 東京\n\u2028' }),
  order: JSON.stringify({ orderId, revision }),
});

/** Subscribes, and records what arrives. */
export async function follow(feed: ChangeFeed) {
  const changes: PublishedChange[] = [];
  const gaps: FeedGap[] = [];
  const subscription = feed.subscribe({
    onChange: (change) => changes.push(change),
    onGap: (gap) => gaps.push(gap),
  });
  await waitFor(() => subscription.attached, 'the subscription to be attached');
  return { changes, gaps, subscription };
}

const revisions = (changes: PublishedChange[]) => changes.map(({ orderId, revision }) => `${orderId} ${revision}`);

/** The contract of every change feed. `open` gives a new feed that keeps about `history` changes. */
export function changeFeedContract(open: (history: number) => Promise<ChangeFeed>): void {
  describe('a change feed', () => {
    let feed: ChangeFeed;

    beforeEach(async () => {
      feed = await open(1_000);
    });
    afterEach(() => feed.close());

    it('gives each change a position, counting from 1 within one epoch', async () => {
      const outcomes = await feed.append([aChange('a', 1), aChange('b', 1), aChange('a', 2)]);
      const epoch = outcomes[0]?.outcome === 'appended' ? outcomes[0].position.epoch : '';
      expect(epoch).toMatch(/^\w+$/);
      expect(outcomes).toEqual([1, 2, 3].map((seq) => ({ outcome: 'appended', position: { epoch, seq } })));
    });

    it('delivers changes as they were appended, in order, to every subscriber', async () => {
      const [first, second] = [await follow(feed), await follow(feed)];
      await feed.append([aChange('a', 1)]);
      await feed.append([aChange('b', 1), aChange('a', 2)]);
      for (const { changes } of [first, second]) {
        await waitFor(() => changes.length === 3, 'three changes');
        expect(changes).toMatchObject([aChange('a', 1), aChange('b', 1), aChange('a', 2)]);
        expect(changes.map(({ position }) => position.seq)).toEqual([1, 2, 3]);
      }
    });

    it('starts a subscription at the present', async () => {
      await feed.append([aChange('a', 1)]);
      const { changes } = await follow(feed);
      await feed.append([aChange('a', 2)]);
      await waitFor(() => changes.length > 0, 'a change');
      expect(revisions(changes)).toEqual(['a 2']);
    });

    it('ignores a revision that it already has, even within one append', async () => {
      const { changes } = await follow(feed);
      await feed.append([aChange('a', 1), aChange('a', 2)]);
      const outcomes = await feed.append([aChange('a', 1), aChange('a', 2), aChange('a', 3), aChange('a', 3)]);
      expect(outcomes.map(({ outcome }) => outcome)).toEqual(['duplicate', 'duplicate', 'appended', 'duplicate']);
      await waitFor(() => changes.length >= 3, 'three changes');
      expect(revisions(changes)).toEqual(['a 1', 'a 2', 'a 3']);
    });

    it('refuses a revision that would leave a gap, and says which it expects', async () => {
      await feed.append([aChange('a', 1)]);
      expect(await feed.append([aChange('a', 3), aChange('b', 1)])).toMatchObject([
        { outcome: 'gap', expected: 2 },
        { outcome: 'appended' },
      ]);
    });

    it('ends a given epoch once, however many writers reset it', async () => {
      await feed.append([aChange('a', 1)]);
      const [gap] = await feed.append([aChange('a', 3)]);
      if (gap?.outcome !== 'gap') throw new Error('a gap was expected');
      await feed.reset('another');
      expect((await feed.read(0, 10)).changes).toHaveLength(1);
      await feed.reset(gap.epoch);
      expect(await feed.append([aChange('a', 3)])).toMatchObject([{ outcome: 'appended', position: { seq: 1 } }]);
      await feed.reset(gap.epoch);
      expect((await feed.read(0, 10)).changes).toMatchObject([aChange('a', 3)]);
    });

    it('accepts a backlog of any length', async () => {
      const outcomes = await feed.append(Array.from({ length: 3_000 }, (_, i) => aChange('a', i + 1)));
      expect(outcomes).toHaveLength(3_000);
      expect(outcomes.at(-1)).toMatchObject({ outcome: 'appended', position: { seq: 3_000 } });
    });

    it('accepts any revision of an order that it does not know', async () => {
      expect(await feed.append([aChange('a', 7), aChange('a', 8)])).toMatchObject([
        { outcome: 'appended' },
        { outcome: 'appended' },
      ]);
    });

    it('gets every revision once and in order from racing writers', async () => {
      const { changes, gaps } = await follow(feed);
      const write = async () => {
        for (let revision = 1; revision <= 50; revision++) await feed.append([aChange('a', revision)]);
      };
      await Promise.all([write(), write(), write()]);
      await waitFor(() => changes.length >= 50, '50 changes');
      expect(changes.map(({ revision }) => revision)).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
      expect(gaps).toEqual([]);
    });

    it('reads from any seq that it still has', async () => {
      await feed.append([1, 2, 3, 4].map((revision) => aChange('a', revision)));
      const { head, changes } = await feed.read(1, 2);
      expect(head?.seq).toBe(4);
      expect(changes).toMatchObject([aChange('a', 2), aChange('a', 3)]);
      expect((await feed.read(4, 10)).changes).toEqual([]);
    });

    it('has no head before the first change', async () => {
      expect(await feed.read(0, 10)).toEqual({ changes: [] });
    });

    it('keeps the newest changes only', async () => {
      const small = await open(100);
      for (let i = 0; i < 10; i++) {
        await small.append(Array.from({ length: 100 }, (_, j) => aChange(`o${i}-${j}`, 1)));
      }
      const { head, changes } = await small.read(0, 1_000);
      expect(head?.seq).toBe(1_000);
      expect(changes.length).toBeGreaterThanOrEqual(100);
      expect(changes.length).toBeLessThan(1_000);
      expect(changes.at(-1)?.position.seq).toBe(1_000);
      await small.close();
    });

    it('tells subscribers of a gap when it is reset, counts from 1, and accepts revision 1 again', async () => {
      const { changes, gaps } = await follow(feed);
      await feed.append([aChange('a', 1)]);
      await waitFor(() => changes.length === 1, 'the first change');
      await feed.reset();
      expect(await feed.append([aChange('a', 1)])).toMatchObject([{ outcome: 'appended', position: { seq: 1 } }]);
      await waitFor(() => gaps.length === 1, 'the gap');
      expect(gaps[0]?.reason).toBe('new-epoch');
      await feed.append([aChange('a', 2)]);
      await waitFor(() => changes.at(-1)?.revision === 2, 'changes of the new epoch');
    });

    it('delivers nothing to a closed subscription', async () => {
      const { changes, subscription } = await follow(feed);
      const other = await follow(feed);
      await subscription.close();
      await feed.append([aChange('a', 1)]);
      await waitFor(() => other.changes.length === 1, 'the change at the other subscriber');
      expect(changes).toEqual([]);
    });
  });
}
