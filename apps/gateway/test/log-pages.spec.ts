import { beforeEach, describe, expect, it } from '@jest/globals';
import { InMemoryChangeFeed, type PublishedChange, type Stretch } from '@galley/change-feed';
import { type Position } from '@galley/contracts';
import { anUpdate, publish } from './some-changes.js';
import { LogPages, type LogPage } from '../src/feed/log-pages.js';

/** A log that counts its reads, and answers them when the test says so. */
class SlowFeed extends InMemoryChangeFeed {
  readonly reads: number[] = [];
  isAway = false;
  isSlow = false;
  private readonly unanswered: (() => void)[] = [];

  override async readFrom(seq: number, count: number): Promise<Stretch> {
    this.reads.push(seq);
    const stretch = await super.readFrom(seq, count);
    if (this.isSlow) await new Promise<void>((resolve) => this.unanswered.push(resolve));
    if (this.isAway) throw new Error('Redis is away');
    return stretch;
  }

  answer(): void {
    this.unanswered.shift()?.();
  }
}

/** What a client would be sent from a page. */
const summary = (page: LogPage | undefined, { seq }: Position) =>
  page && [page.continuity, page.segment?.between(seq, page.segment.last.seq).length];

const turn = () => new Promise((resolve) => setImmediate(resolve));

let feed: SlowFeed;
let pages: LogPages;
let changes: PublishedChange[];
beforeEach(async () => {
  feed = new SlowFeed();
  pages = new LogPages(feed);
  changes = await publish(
    Array.from({ length: 450 }, (_, i) => anUpdate('a', i + 1)),
    feed,
  );
  feed.reads.length = 0;
});

const at = (seq: number): Position => {
  const position = changes[seq - 1]?.position;
  if (!position) throw new Error(`${seq} changes were not written`);
  return position;
};
const read = (after: Position) => pages.read(after, (page) => Promise.resolve(summary(page, after)));

describe('a page of the log', () => {
  it('is read once for all who wait for it, wherever in it they are', async () => {
    const seqs = Array.from({ length: 99 }, (_, i) => 101 + i);
    const answers = await Promise.all(seqs.map((seq) => read(at(seq))));
    expect(answers).toEqual(seqs.map((seq) => ['kept', 200 - seq]));
    expect(feed.reads.length).toBeLessThanOrEqual(2);
  });

  it('is read once also for those who come while it is read, and later', async () => {
    feed.isSlow = true;
    const first = read(at(150));
    await turn();
    const others = [read(at(120)), read(at(199))];
    feed.answer();
    expect(await Promise.all([first, ...others, read(at(101))])).toEqual([
      ['kept', 50],
      ['kept', 80],
      ['kept', 1],
      ['kept', 99],
    ]);
    expect(feed.reads).toEqual([100]);
  });

  it.each<[string, () => Position]>([
    ['another digest', () => ({ ...at(150), digest: '0123456789abcdef' })],
    ['another digest, at its beginning', () => ({ ...at(100), digest: '0123456789abcdef' })],
    ['another epoch', () => ({ ...at(150), epoch: '00000009deadbeef' })],
  ])('refuses a position with %s, beside others and when it is kept', async (_what, position) => {
    expect(await Promise.all([read(at(150)), read(position())])).toEqual([
      ['kept', 50],
      ['forked', undefined],
    ]);
    expect(await Promise.all([read(position()), read(at(150))])).toEqual([
      ['forked', undefined],
      ['kept', 50],
    ]);
  });

  it('refuses a position ahead of the log', async () => {
    expect(await read({ ...at(450), seq: 460 })).toEqual(['forked', undefined]);
  });

  it('is read again for a position that the log got after the read began', async () => {
    feed.isSlow = true;
    const first = read(at(440));
    await turn();
    const { head } = await feed.append([anUpdate('b', 1)]);
    const second = read(head);
    feed.answer();
    expect(await first).toEqual(['kept', 10]);
    await turn();
    feed.answer();
    expect(await second).toEqual(['kept', undefined]);
  });

  it('is read again while the head of the log is in it', async () => {
    expect(await read(at(420))).toEqual(['kept', 30]);
    await feed.append([anUpdate('b', 1)]);
    expect(await read(at(420))).toEqual(['kept', 31]);
  });

  it('is read again after the log may have become another', async () => {
    await read(at(150));
    await feed.reset();
    pages.clear();
    expect(await read(at(150))).toEqual(['forked', undefined]);
  });

  it('is read only after all who waited for the one before have used it', async () => {
    const uses: (() => void)[] = [];
    const use = () => new Promise<void>((resolve) => uses.push(resolve));
    const done = Promise.all([pages.read(at(50), use), pages.read(at(60), use), pages.read(at(150), use)]);
    await turn();
    uses[0]?.();
    await turn();
    expect(feed.reads).toEqual([0]);
    uses[1]?.();
    await turn();
    expect(feed.reads).toEqual([0, 100]);
    uses[2]?.();
    await done;
  });

  it('is absent for all who wait for it while the log cannot be read, and not afterwards', async () => {
    feed.isAway = true;
    expect(await Promise.all([read(at(50)), read(at(60)), read(at(150))])).toEqual(Array(3).fill(undefined));
    feed.isAway = false;
    expect(await read(at(50))).toEqual(['kept', 50]);
  });

  it('does not keep others from theirs if a use of it fails', async () => {
    const failed = pages.read(at(50), () => Promise.reject(new Error('failed')));
    const other = read(at(60));
    await expect(failed).rejects.toThrow('failed');
    expect(await other).toEqual(['kept', 40]);
    expect(await read(at(150))).toEqual(['kept', 50]);
  });
});

it('keeps as many pages as fit in 8 MiB', async () => {
  const large = await publish(
    Array.from({ length: 2_000 }, (_, i) => anUpdate('large', i + 1, { messageLength: 10_000 })),
    feed,
  );
  const starts = large.map(({ position }) => position).filter(({ seq }) => seq % 100 === 50);
  for (const position of starts) await read(position);
  const kept = starts.filter((position) => pages.keptAfter(position));
  expect(kept.length).toBeGreaterThanOrEqual(7);
  expect(kept.length).toBeLessThanOrEqual(8);
  expect(kept).toEqual(starts.slice(-kept.length - 1, -1)); // the last page is not complete yet
});
