import { expect, it } from '@jest/globals';
import { encodeChange, type Change, type PublishedChange } from '@galley/change-feed';
import { RecentChanges } from './recent-changes.js';

const published = (change: Change, seq: number): PublishedChange => ({
  ...change,
  position: { epoch: 'e', seq },
  text: encodeChange(change),
});
const aChange = (seq: number, event = '{"a":1}', order?: string) =>
  published(
    {
      ...{ type: 'updated', orderId: 'a', customerId: 'ana', revision: seq, timestamp: '2026-11-23T10:00:00.000Z' },
      ...{ event, ...(order !== undefined && { order }) },
    },
    seq,
  );
const at = (seq: number, epoch = 'e') => ({ epoch, seq });
const seqs = (changes: readonly PublishedChange[] | undefined) => changes?.map(({ position }) => position.seq);

it('returns the changes after a position that it covers, and nothing for others', () => {
  const recent = new RecentChanges(10_000);
  expect(recent.after(at(0), 10)).toBeUndefined();
  recent.restart(at(5));
  expect(recent.head).toEqual(at(5));
  expect(recent.after(at(5), 10)).toEqual([]);
  for (const seq of [6, 7, 8]) recent.push(aChange(seq));
  expect(seqs(recent.after(at(5), 10))).toEqual([6, 7, 8]);
  expect(seqs(recent.after(at(6), 1))).toEqual([7]);
  expect(recent.after(at(8), 10)).toEqual([]);
  for (const elsewhere of [at(4), at(9), at(6, 'another')]) expect(recent.after(elsewhere, 10)).toBeUndefined();
});

it('returns changes exactly as they were added', () => {
  const recent = new RecentChanges(10_000);
  const change = aChange(1, '{"message":"Grüße 東京"}', '{"orderId":"a"}');
  recent.push(change);
  expect(recent.after(at(0), 10)).toEqual([change]);
});

it('begins before the first change of an empty feed', () => {
  const recent = new RecentChanges(10_000);
  recent.push(aChange(1));
  expect(seqs(recent.after(at(0), 10))).toEqual([1]);
});

it('keeps the newest changes, between its limit and twice as many bytes', () => {
  const recent = new RecentChanges(100_000);
  for (let seq = 1; seq <= 1_000; seq++) recent.push(aChange(seq, `{"x":"${'x'.repeat(1_000)}"}`));
  const kept = seqs(recent.after(at(1_000 - 77), 1_000));
  expect(kept).toHaveLength(77);
  expect(recent.after(at(1_000 - 160), 1_000)).toBeUndefined();
  recent.push(aChange(1_001, `{"x":"${'x'.repeat(1_000_000)}"}`));
  expect(seqs(recent.after(at(1_000), 10))).toEqual([1_001]);
});
