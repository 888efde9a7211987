import { pageAfter, startOf, type Continuity, type FeedReader, type Stretch } from '@galley/change-feed';
import { type Position } from '@galley/contracts';
import { ByteCache } from './byte-cache.js';
import { Segment } from './segment.js';

/** Pages begin at multiples of this, so that clients at different positions need the same pages. */
export const CHANGES_PER_PAGE = 100;

/** How much memory the pages take that are kept for other clients. */
const KEPT_BYTES = 8 * 1024 * 1024;

export const pageOf = ({ seq }: Pick<Position, 'seq'>): number => Math.floor(seq / CHANGES_PER_PAGE);

/** What the log says to a position. */
export interface LogPage {
  /** The position of the newest change at the time of the read; absent if the feed is empty. */
  head?: Position;
  continuity: Continuity;
  /** Has the change after the position; absent if there is none, or the continuity is not `kept`. */
  segment?: Segment;
}

interface Request {
  after: Position;
  use: (page: LogPage | undefined) => Promise<void>;
}

/**
 * Reads old changes from the log, in pages that clients share. One page is read at a time, and the next one only after all
 * who waited for it have used it. So beside the pages that are kept, there is never more than one in memory.
 */
export class LogPages {
  /** The requests for pages that nobody reads yet, by page, oldest first. */
  private readonly requested = new Map<number, Request[]>();
  private readonly kept = new ByteCache<Segment>(KEPT_BYTES);
  private isReading = false;

  constructor(private readonly feed: Pick<FeedReader, 'readFrom'>) {}

  /** The page that goes on after this position, if it is kept, and has the position. */
  keptAfter(position: Position): Segment | undefined {
    const page = this.kept.get(String(pageOf(position)));
    return page?.goesOnAfter(position) === true ? page : undefined;
  }

  /** Forgets all pages, because the log may be another now. */
  clear(): void {
    this.kept.clear();
  }

  /**
   * Reads the page that goes on after this position. The read begins after this call, so that it can tell whether the
   * position is in the log.
   * @param use is given the page, and may not keep it; undefined if the log cannot be read now
   * @returns what `use` returns
   */
  read<T>(after: Position, use: (page: LogPage | undefined) => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const requests = this.requested.get(pageOf(after)) ?? [];
      requests.push({ after, use: (page) => use(page).then(resolve, reject) });
      this.requested.set(pageOf(after), requests);
      if (!this.isReading) void this.readAll();
    });
  }

  private async readAll(): Promise<void> {
    this.isReading = true;
    for (const [page, requests] of this.requested) {
      this.requested.delete(page);
      await this.answer(page, requests);
    }
    this.isReading = false;
  }

  private async answer(page: number, requests: readonly Request[]): Promise<void> {
    // Another request may have read the page meanwhile.
    const isKept = requests.every(({ after }) => this.keptAfter(after));
    const stretch = isKept ? undefined : await this.readPage(page);
    const shared = stretch && sharedPart(page, stretch);
    if (shared && pageOf(shared.last) > page) this.kept.set(String(page), shared);
    await Promise.all(
      requests.map(({ after, use }) => {
        const segment = this.keptAfter(after);
        if (segment) return use({ continuity: 'kept', segment });
        return use(stretch && logPage(after, stretch, shared));
      }),
    );
  }

  private readPage(page: number): Promise<Stretch | undefined> {
    return this.feed.readFrom(page * CHANGES_PER_PAGE, CHANGES_PER_PAGE + 1).catch(() => undefined);
  }
}

/** The part of a page that is the same for all positions in it; undefined if the log no longer has its beginning. */
function sharedPart(page: number, { head, entries }: Stretch): Segment | undefined {
  const seq = page * CHANGES_PER_PAGE;
  const [first] = entries;
  const before = seq === 0 && head ? startOf(head.epoch) : first?.position;
  if (before?.seq !== seq) return undefined;
  const { changes } = pageAfter(before, { head, entries }, CHANGES_PER_PAGE);
  return Segment.of(before, changes);
}

function logPage(after: Position, stretch: Stretch, shared: Segment | undefined): LogPage {
  const { head } = stretch;
  if (shared?.goesOnAfter(after) === true) return { head, continuity: 'kept', segment: shared };
  const { continuity, changes } = pageAfter(after, stretch, CHANGES_PER_PAGE);
  return { head, continuity, segment: changes.length > 0 ? Segment.of(after, changes) : undefined };
}
