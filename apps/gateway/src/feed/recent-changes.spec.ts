import { describe, expect, it } from '@jest/globals';
import { encodeChange, startOf, type Change, type PublishedChange } from '@galley/change-feed';
import { type Position } from '@galley/contracts';
import { RecentChanges } from './recent-changes.js';
import { Segment } from './segment.js';

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

/** The changes after a position; undefined if they are not kept. */
function after(recent: RecentChanges, position: Position): PublishedChange[] | undefined {
  if (!recent.goOnAfter(position)) return undefined;
  const segment = recent.segmentAfter(position);
  const changes = segment?.between(position.seq, segment.last.seq) ?? [];
  return segment ? [...changes, ...(after(recent, segment.last) ?? [])] : [];
}
const seqsAfter = (recent: RecentChanges, position: Position) =>
  after(recent, position)?.map((change) => change.position.seq);

it('returns the changes after a position that it covers, and nothing for others', () => {
  const recent = new RecentChanges(10_000);
  expect(after(recent, startOf('e'))).toBeUndefined();
  recent.restart(at(5));
  expect(recent.head).toEqual(at(5));
  expect(after(recent, at(5))).toEqual([]);
  for (const seq of [6, 7, 8]) recent.push(aChange(seq));
  expect(seqsAfter(recent, at(5))).toEqual([6, 7, 8]);
  expect(seqsAfter(recent, at(6))).toEqual([7, 8]);
  expect(after(recent, at(8))).toEqual([]);
  const elsewhere = [at(4), at(9), at(6, 'another'), ...[5, 6, 8].map((seq) => at(seq, 'e', digestOf(7)))];
  for (const position of elsewhere) expect(after(recent, position)).toBeUndefined();
});

it('returns changes exactly as they were added', () => {
  const recent = new RecentChanges(10_000);
  const change = aChange(1, '{"message":"Grüße 東京"}', '{"orderId":"a"}');
  recent.push(change);
  expect(after(recent, startOf('e'))).toEqual([change]);
});

it('begins before the first change of an empty feed', () => {
  const recent = new RecentChanges(10_000);
  recent.push(aChange(1));
  expect(seqsAfter(recent, startOf('e'))).toEqual([1]);
});

it('keeps the newest changes, between its limit and twice as many bytes', () => {
  const recent = new RecentChanges(100_000);
  for (let seq = 1; seq <= 1_000; seq++) recent.push(aChange(seq, `{"x":"${'x'.repeat(1_000)}"}`));
  expect(seqsAfter(recent, at(1_000 - 77))).toHaveLength(77);
  expect(after(recent, at(1_000 - 180))).toBeUndefined();
  const covered = fromTo(1_000 - 180, 1_000).filter((seq) => recent.goOnAfter(at(seq)));
  expect(covered).toEqual(fromTo(covered[0] ?? 0, 1_000));
  for (const seq of covered) {
    expect(seqsAfter(recent, at(seq))).toEqual(fromTo(seq + 1, 1_000));
    expect(recent.goOnAfter(at(seq, 'e', digestOf(7)))).toBe(false);
  }
  recent.push(aChange(1_001, `{"x":"${'x'.repeat(1_000_000)}"}`));
  expect(seqsAfter(recent, at(1_000))).toEqual([1_001]);
});

describe('changes from before it began', () => {
  const earlier = (before: number, last: number) =>
    Segment.of(
      at(before),
      fromTo(before + 1, last).map((seq) => aChange(seq)),
    );

  it('are added if they lead up to its first change, whether it has some or not', () => {
    for (const live of [[], [21, 22]]) {
      const recent = new RecentChanges(10_000);
      recent.restart(at(20));
      for (const seq of live) recent.push(aChange(seq));
      recent.prepend(earlier(5, 20));
      expect(seqsAfter(recent, at(5))).toEqual([...fromTo(6, 20), ...live]);
      recent.push(aChange(21 + live.length));
      expect(seqsAfter(recent, at(6))).toEqual([...fromTo(7, 20), ...live, 21 + live.length]);
      expect(after(recent, at(4))).toBeUndefined();
    }
  });

  it.each([
    ['do not reach it', earlier(5, 19)],
    ['are of another history', Segment.of(at(5), [{ ...aChange(20), position: at(20, 'e', digestOf(7)) }])],
    ['are none', Segment.of(at(20, 'another'), [])],
  ])('are ignored if they %s', (_what, segment) => {
    const recent = new RecentChanges(10_000);
    recent.restart(at(20));
    recent.push(aChange(21));
    recent.prepend(segment);
    expect(after(recent, at(6))).toBeUndefined();
    expect(seqsAfter(recent, at(20))).toEqual([21]);
  });

  it('are ignored once it has forgotten that place', () => {
    const recent = new RecentChanges(300);
    recent.restart(at(20));
    for (let seq = 21; seq <= 40; seq++) recent.push(aChange(seq));
    recent.prepend(earlier(5, 20));
    expect(after(recent, at(6))).toBeUndefined();
  });
});
