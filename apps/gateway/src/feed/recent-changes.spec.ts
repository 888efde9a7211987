import { expect, it } from '@jest/globals';
import { encodeChange, startOf, type Change, type PublishedChange } from '@galley/change-feed';
import { RecentChanges } from './recent-changes.js';

const digestOf = (seq: number) => seq.toString(16).padStart(16, '0');
const at = (seq: number, epoch = 'e', digest = digestOf(seq)) => ({ epoch, seq, digest });
const aChange = (seq: number, event = '{"a":1}', order?: string): PublishedChange => {
  const change: Change = {
    ...{ type: 'updated', orderId: 'a', customerId: 'ana', revision: seq, timestamp: '2026-11-23T10:00:00.000Z' },
    ...{ event, ...(order !== undefined && { order }) },
  };
  return { ...change, position: at(seq), entry: `1 ${digestOf(seq)} ${encodeChange(change)}` };
};
const fromTo = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, i) => first + i);
const seqs = (changes: readonly PublishedChange[] | undefined) => changes?.map(({ position }) => position.seq);

it('returns the changes after a position that it covers, and nothing for others', () => {
  const recent = new RecentChanges(10_000);
  expect(recent.after(startOf('e'), 10)).toBeUndefined();
  recent.restart(at(5));
  expect(recent.head).toEqual(at(5));
  expect(recent.after(at(5), 10)).toEqual([]);
  for (const seq of [6, 7, 8]) recent.push(aChange(seq));
  expect(seqs(recent.after(at(5), 10))).toEqual([6, 7, 8]);
  expect(seqs(recent.after(at(6), 1))).toEqual([7]);
  expect(recent.after(at(8), 10)).toEqual([]);
  const elsewhere = [at(4), at(9), at(6, 'another'), ...[5, 6, 8].map((seq) => at(seq, 'e', digestOf(7)))];
  for (const position of elsewhere) expect(recent.after(position, 10)).toBeUndefined();
});

it('returns changes exactly as they were added', () => {
  const recent = new RecentChanges(10_000);
  const change = aChange(1, '{"message":"Grüße 東京"}', '{"orderId":"a"}');
  recent.push(change);
  expect(recent.after(startOf('e'), 10)).toEqual([change]);
});

it('begins before the first change of an empty feed', () => {
  const recent = new RecentChanges(10_000);
  recent.push(aChange(1));
  expect(seqs(recent.after(startOf('e'), 10))).toEqual([1]);
});

it('keeps the newest changes, between its limit and twice as many bytes', () => {
  const recent = new RecentChanges(100_000);
  for (let seq = 1; seq <= 1_000; seq++) recent.push(aChange(seq, `{"x":"${'x'.repeat(1_000)}"}`));
  const kept = seqs(recent.after(at(1_000 - 77), 1_000));
  expect(kept).toHaveLength(77);
  expect(recent.after(at(1_000 - 180), 1_000)).toBeUndefined();
  const covered = fromTo(1_000 - 180, 1_000).filter((seq) => recent.after(at(seq), 1) !== undefined);
  expect(covered).toEqual(fromTo(covered[0] ?? 0, 1_000));
  for (const seq of covered) {
    expect(seqs(recent.after(at(seq), 1_000))).toEqual(fromTo(seq + 1, 1_000));
    expect(recent.after(at(seq, 'e', digestOf(7)), 1)).toBeUndefined();
  }
  recent.push(aChange(1_001, `{"x":"${'x'.repeat(1_000_000)}"}`));
  expect(seqs(recent.after(at(1_000), 10))).toEqual([1_001]);
});
