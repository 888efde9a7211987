import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Position } from '@galley/contracts';
import { waitFor } from '@galley/testing';
import { type Change, type PublishedChange } from './change.js';
import { type FeedBeat } from './beat.js';
import { startOf } from './chain.js';
import { type ChangeFeed, type FeedGap, type FeedReader } from './change-feed.js';
import { pageAfter } from './feed-page.js';

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
export async function follow(feed: ChangeFeed, onBeat?: (beat: FeedBeat) => void) {
  const changes: PublishedChange[] = [];
  const gaps: FeedGap[] = [];
  const subscription = feed.subscribe({
    onChange: (change) => changes.push(change),
    onGap: (gap) => gaps.push(gap),
    onBeat,
  });
  await waitFor(() => subscription.attached, 'the subscription to be attached');
  return { changes, gaps, subscription };
}

/** Everything that the log still has of its epoch. */
export async function readAll(feed: FeedReader): Promise<PublishedChange[]> {
  const head = await feed.head();
  return head ? (await feed.read(startOf(head.epoch), 100_000)).changes : [];
}

const revisions = (changes: PublishedChange[]) => changes.map(({ orderId, revision }) => `${orderId} ${revision}`);

export interface FeedOpener<Feed extends ChangeFeed> {
  /** Opens a new feed that keeps about `history` changes. */
  open: (history: number) => Promise<Feed>;
  /**
   * @returns a function that takes the log back to this moment, as a failover to a replica that is behind does, and returns
   *   the feed of a process that has seen nothing of it before
   */
  save: (feed: Feed) => Promise<() => Promise<Feed>>;
}

/** The contract of every change feed. */
export function changeFeedContract<Feed extends ChangeFeed>({ open, save }: FeedOpener<Feed>): void {
  describe('a change feed', () => {
    let feed: Feed;
    const append = (orderId: string, first: number, last = first) =>
      feed.append(Array.from({ length: last - first + 1 }, (_, i) => aChange(orderId, first + i)));
    const all = () => readAll(feed);

    beforeEach(async () => {
      feed = await open(1_000);
    });
    afterEach(() => feed.close());

    it.each(['f:0b5c:ana', 'ana_shop.example#EXT#', 'Ana Müller', 'a/b c%20', '安娜 1 2'])(
      'carries a change of the customer %j, live and in the log',
      async (customerId) => {
        const { changes, subscription } = await follow(feed);
        await feed.append([{ ...aChange('a', 1), customerId }, aChange('b', 1)]);
        await waitFor(() => changes.length === 2, 'both changes');
        expect(changes.map((change) => change.customerId)).toEqual([customerId, 'ana']);
        expect((await all()).map((change) => change.customerId)).toEqual([customerId, 'ana']);
        await subscription.close();
      },
    );

    it('gives each change a position, counting from 1 within one epoch', async () => {
      const { head, outcomes } = await feed.append([aChange('a', 1), aChange('b', 1), aChange('a', 2)]);
      expect(outcomes).toEqual(Array(3).fill({ outcome: 'appended' }));
      expect(await feed.head()).toEqual(head);
      const positions = (await all()).map(({ position }) => position);
      expect(positions.map(({ epoch, seq }) => [epoch, seq])).toEqual([1, 2, 3].map((seq) => [head.epoch, seq]));
      expect(new Set(positions.map(({ digest }) => digest)).size).toBe(3);
      expect(positions[2]).toEqual(head);
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
      const { outcomes } = await feed.append([aChange('a', 1), aChange('a', 2), aChange('a', 3), aChange('a', 3)]);
      expect(outcomes.map(({ outcome }) => outcome)).toEqual(['duplicate', 'duplicate', 'appended', 'duplicate']);
      await waitFor(() => changes.length >= 3, 'three changes');
      expect(revisions(changes)).toEqual(['a 1', 'a 2', 'a 3']);
    });

    it('refuses a revision that would leave a gap, and says which it expects', async () => {
      await feed.append([aChange('a', 1)]);
      const { outcomes } = await feed.append([aChange('a', 3), aChange('b', 1)]);
      expect(outcomes).toEqual([{ outcome: 'gap', expected: 2 }, { outcome: 'appended' }]);
    });

    it('ends a given epoch once, however many writers reset it', async () => {
      await append('a', 1);
      const { head, outcomes } = await append('a', 3);
      expect(outcomes).toEqual([{ outcome: 'gap', expected: 2 }]);
      await feed.reset('another');
      expect(await all()).toHaveLength(1);
      await feed.reset(head.epoch);
      expect(await append('a', 3)).toMatchObject({ head: { seq: 1 }, outcomes: [{ outcome: 'appended' }] });
      await feed.reset(head.epoch);
      expect(await all()).toMatchObject([aChange('a', 3)]);
    });

    it('accepts a backlog of any length', async () => {
      const { head, outcomes } = await append('a', 1, 3_000);
      expect(outcomes).toHaveLength(3_000);
      expect(head.seq).toBe(3_000);
    });

    it('keeps long appends in the order in which they were made, also if none is awaited', async () => {
      const appends = await Promise.all([append('a', 1, 130), append('a', 131, 260), append('a', 261, 300)]);
      const outcomes = appends.flatMap((appended) => appended.outcomes);
      expect(outcomes).toEqual(Array(300).fill({ outcome: 'appended' }));
      expect((await all()).map(({ revision }) => revision)).toEqual(Array.from({ length: 300 }, (_, i) => i + 1));
    });

    it('accepts any revision of an order that it does not know', async () => {
      const { outcomes } = await append('a', 7, 8);
      expect(outcomes).toEqual(Array(2).fill({ outcome: 'appended' }));
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

    it('reads from any position that it still has', async () => {
      await append('a', 1, 4);
      const [first, , third, last] = (await all()).map(({ position }) => position);
      if (!first || !third || !last) throw new Error('Four changes were expected');
      const page = await feed.read(first, 2);
      expect(page).toMatchObject({ head: last, continuity: 'kept', changes: [aChange('a', 2), aChange('a', 3)] });
      expect(await feed.read(third, 10)).toMatchObject({ continuity: 'kept', changes: [aChange('a', 4)] });
      expect(await feed.read(last, 10)).toEqual({ head: last, continuity: 'kept', changes: [] });
    });

    it('reads from any place, with the head, for readers who compare their own positions with it', async () => {
      await append('a', 1, 4);
      const [first, second, third, head] = (await all()).map(({ position }) => position);
      if (!first || !second || !third || !head) throw new Error('Four changes were expected');
      const stretch = await feed.readFrom(1, 3);
      expect(stretch).toMatchObject({ head, entries: [aChange('a', 1), aChange('a', 2), aChange('a', 3)] });
      expect(await feed.readFrom(5, 10)).toEqual({ head, entries: [] });
      const pageOf = (position: Position) => {
        const { continuity, changes } = pageAfter(position, stretch, 10);
        return [continuity, ...changes.map(({ revision }) => revision)];
      };
      expect(pageOf(startOf(head.epoch))).toEqual(['kept', 1, 2, 3]);
      expect(pageOf(first)).toEqual(['kept', 2, 3]);
      expect(pageOf(second)).toEqual(['kept', 3]);
      expect(pageOf({ ...second, digest: first.digest })).toEqual(['forked']);
      expect(pageOf({ ...second, epoch: 'another' })).toEqual(['forked']);
    });

    it('reads nothing from any place before the first append', async () => {
      expect(await feed.readFrom(0, 10)).toEqual({ head: undefined, entries: [] });
    });

    it('tells a position that is not in it', async () => {
      await append('a', 1, 4);
      const head = await feed.head();
      if (!head) throw new Error('A head was expected');
      const elsewhere: Position[] = [
        { ...head, epoch: '00000009deadbeef' },
        { ...head, seq: 5 },
        { ...head, seq: 999_999_999_999_999 },
        { ...head, seq: 2 },
        { ...head, digest: '0123456789abcdef' },
        { ...startOf(head.epoch), digest: '0123456789abcdef' },
      ];
      for (const position of elsewhere) {
        expect(await feed.read(position, 10)).toEqual({ head, continuity: 'forked', changes: [] });
      }
    });

    it('has no head before the first append', async () => {
      expect(await feed.head()).toBeUndefined();
      const { head } = await feed.append([]);
      expect(head).toEqual(startOf(head.epoch));
      expect(await feed.head()).toEqual(head);
    });

    it('keeps the newest changes only', async () => {
      const small = await open(100);
      for (let i = 0; i < 10; i++) {
        await small.append(Array.from({ length: 100 }, (_, j) => aChange(`o${i}-${j}`, 1)));
      }
      const head = await small.head();
      expect(head?.seq).toBe(1_000);
      expect(await small.read(startOf(head?.epoch ?? ''), 1_000)).toEqual({ head, continuity: 'trimmed', changes: [] });
      const { changes } = await follow(small);
      await small.append([aChange('last', 1)]);
      await waitFor(() => changes.length > 0, 'the next change');
      expect(changes[0]?.position.seq).toBe(1_001);
      await small.close();
    });

    it('tells subscribers of a gap when it is reset, counts from 1, and accepts revision 1 again', async () => {
      const { changes, gaps } = await follow(feed);
      const { head } = await append('a', 1);
      await waitFor(() => changes.length === 1, 'the first change');
      await feed.reset();
      await waitFor(() => gaps.length === 1, 'the gap');
      const now = await feed.head();
      expect(gaps).toEqual([{ reason: 'new-epoch', now }]);
      expect(now && now.epoch > head.epoch).toBe(true);
      expect(await append('a', 1, 2)).toMatchObject({ head: { seq: 2 } });
      await waitFor(() => changes.at(-1)?.revision === 2, 'changes of the new epoch');
      expect(revisions(changes)).toEqual(['a 1', 'a 1', 'a 2']);
    });

    describe('whose log goes back, as after a failover to a replica that is behind', () => {
      it('ends its epoch at the next append, if a witness knew more', async () => {
        await append('a', 1, 20);
        const goBack = await save(feed);
        const { head: witnessed } = await append('a', 21, 25);
        feed = await goBack();
        const { head } = await feed.append([aChange('b', 1)], witnessed);
        expect(head).toMatchObject({ seq: 1 });
        expect(head.epoch > witnessed.epoch).toBe(true);
        expect((await feed.read(witnessed, 10)).continuity).toBe('forked');
      });

      it('ends its epoch without an append of changes, too', async () => {
        const goBack = await save(feed);
        const { head: witnessed } = await append('a', 1);
        feed = await goBack();
        const { head } = await feed.append([], witnessed);
        expect(head.epoch > witnessed.epoch).toBe(true);
      });

      it('goes on in its epoch if the witness knew no more than the log has', async () => {
        const { head: witnessed } = await append('a', 1, 20);
        const goBack = await save(feed);
        await append('a', 21, 25);
        feed = await goBack();
        const { head } = await feed.append([aChange('a', 21)], witnessed);
        expect(head).toMatchObject({ epoch: witnessed.epoch, seq: 21 });
      });

      it('has the same history again if the same changes are appended again', async () => {
        await append('a', 1, 20);
        const goBack = await save(feed);
        const { head } = await append('a', 21, 25);
        feed = await goBack();
        expect(await feed.append(Array.from({ length: 5 }, (_, i) => aChange('a', 21 + i)))).toMatchObject({ head });
      });

      it('never looks like the history that it forked from, however far each has grown', async () => {
        await append('a', 1, 20);
        const goBack = await save(feed);
        await append('b', 1, 30);
        const before = (await all()).map(({ position }) => position);
        feed = await goBack();
        await append('c', 1, 60);
        for (const position of before) {
          const { continuity } = await feed.read(position, 1);
          expect([position.seq, continuity]).toEqual([position.seq, position.seq <= 20 ? 'kept' : 'forked']);
        }
      });

      it('returns to no earlier epoch', async () => {
        await append('a', 1, 3);
        const goBack = await save(feed);
        await feed.reset();
        const { head: witnessed } = await append('b', 1);
        feed = await goBack();
        const { head } = await feed.append([], witnessed);
        expect(head.epoch > witnessed.epoch).toBe(true);
      });

      it('ends its epoch once, whatever writers knew before', async () => {
        const { head: old } = await append('a', 1, 3);
        await feed.reset();
        const { head } = await append('b', 1);
        for (const witnessed of [old, head, old]) {
          expect((await feed.append([], witnessed)).head).toEqual(head);
        }
      });

      it('tells its subscribers, even if it has grown past what they have seen', async () => {
        const { changes, gaps } = await follow(feed);
        await append('a', 1, 3);
        const goBack = await save(feed);
        await append('a', 4, 5);
        await waitFor(() => changes.length === 5, 'five changes');
        feed = await goBack();
        await append('b', 1, 10);
        await waitFor(() => gaps.length > 0, 'the gap');
        await append('b', 11);
        await waitFor(() => changes.at(-1)?.revision === 11, 'the next change');
        expect(gaps.every(({ reason }) => reason === 'new-epoch')).toBe(true);
      });
    });

    it('delivers beats, which have no position', async () => {
      const beats: FeedBeat[] = [];
      const { head } = await append('a', 1);
      const { changes, gaps } = await follow(feed, (beat) => beats.push(beat));
      await feed.beat({ unpublishedForMs: 0 });
      await feed.beat({ unpublishedForMs: 1_500.4 });
      await waitFor(() => beats.length === 2, 'both beats');
      expect(beats[0]).toEqual({ unpublishedForMs: 0 });
      expect(Math.round(beats[1]?.unpublishedForMs ?? 0)).toBe(1_500);
      expect(await feed.head()).toEqual(head);
      expect([changes, gaps]).toEqual([[], []]);
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
