import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { type Actor, type OrdersState, type OrdersTracker } from '@galley/client';
import { type TrackerRef } from '@galley/client/react';
import { currentTime } from '../page/now.js';

/** Changes that come within this time count as coming at once. */
const AT_ONCE_MS = 100;
/** More at once light nothing: the counts change. */
const MAX_LIT = 8;
/** How long a card is lit: as long as its animation in card.css. */
const LIT_MS = 1_600;
const MINUTE_MS = 60_000;
/** A longer delay, or one so far below zero, says that a clock is wrong. */
const MAX_DELAY_MS = 60_000;
const MIN_DELAY_MS = -1_000;

interface ChangeEvent {
  orderId: string;
  revision: number;
  timestamp: string;
  actor?: Actor;
}

/** Who has changed an order last, as far as this page has heard. */
export interface LastChange {
  revision: number;
  actor?: Actor;
}

/** What the feed has told this page since it was opened. */
export interface FeedMeasures {
  /** When the last change was committed, ISO 8601. */
  lastChangeAt?: string;
  /**
   * Milliseconds from the commit of the last change, by the server's clock, until it was on the screen, by this one's. Absent if
   * these clocks differ by so much that it would say nothing.
   */
  delayMs?: number | undefined;
}

/** Follows the changes that a tracker tells of: who made them, how fast they come, and which of them to light up. */
export class FeedNews {
  readonly lastChanges = new Map<string, LastChange>();
  /** The orders whose cards are lit. */
  lit: ReadonlySet<string> = new Set();
  measures: FeedMeasures = {};

  private readonly listeners = new Set<() => void>();
  /** The commits of the last minute, in milliseconds since 1970 by the server's clock. */
  private commits: number[] = [];
  /** The latest commit, and when it arrived by the clock of `performance`. */
  private latest = { committedAt: 0, arrivedAt: 0 };
  private frame: number | undefined;
  /** The `lastChangeAt` whose delay is measured. */
  private paintedChangeAt: string | undefined;
  private arrived: string[] = [];

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  };

  /** @param isForeign whether somebody else, or another tab, has made the change, and the page was live */
  add({ orderId, revision, timestamp, actor }: ChangeEvent, isForeign: boolean): void {
    this.lastChanges.set(orderId, { revision, ...(actor && { actor }) });
    const committedAt = Date.parse(timestamp);
    if (committedAt >= this.latest.committedAt) this.latest = { committedAt, arrivedAt: performance.now() };
    this.commits.push(committedAt);
    while ((this.commits[0] ?? Infinity) <= this.minuteAgo()) this.commits.shift();
    this.measures = { ...this.measures, lastChangeAt: timestamp };
    if (isForeign) this.light(orderId);
  }

  /** What was added until now has been rendered. */
  rendered(): void {
    if (this.measures.lastChangeAt === this.paintedChangeAt) return;
    // A page that is hidden has no frames, and must not collect them.
    this.frame ??= requestAnimationFrame(() => {
      this.frame = undefined;
      const delayMs = currentTime() - this.latest.committedAt;
      const isCredible = delayMs > MIN_DELAY_MS && delayMs < MAX_DELAY_MS;
      this.measures = { ...this.measures, delayMs: isCredible ? Math.max(0, delayMs) : undefined };
      this.paintedChangeAt = this.measures.lastChangeAt;
      this.tell();
    });
  }

  /** How many changes the last minute had, by their commits. */
  changesAMinute(): number {
    const since = this.minuteAgo();
    return this.commits.filter((at) => at > since).length;
  }

  /** A minute ago by the server's clock, whatever the time of day is here. */
  private minuteAgo(): number {
    return this.latest.committedAt + performance.now() - this.latest.arrivedAt - MINUTE_MS;
  }

  private light(orderId: string): void {
    if (this.arrived.length === 0) {
      setTimeout(() => {
        const together = this.arrived;
        this.arrived = [];
        if (together.length > MAX_LIT) return;
        this.lit = new Set([...this.lit, ...together]);
        this.tell();
        setTimeout(() => {
          this.putOut(together);
        }, LIT_MS);
      }, AT_ONCE_MS);
    }
    this.arrived.push(orderId);
  }

  /** Cards that are not in the page go out, too: they must not light up when they are scrolled to. */
  private putOut(orderIds: readonly string[]): void {
    this.lit = new Set([...this.lit].filter((lit) => !orderIds.includes(lit)));
    this.tell();
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}

/** Whether this page itself has made a revision of an order. */
export interface OwnChanges {
  isOwn: (orderId: string, revision: number) => boolean;
}

/** @param own if absent, the page makes no changes */
export function useFeedNews(
  tracker: TrackerRef<OrdersTracker>,
  connection: OrdersState['connection'],
  own?: OwnChanges,
): FeedNews {
  const [news] = useState(() => new FeedNews());
  const latest = useRef({ connection, own });
  useEffect(() => {
    latest.current = { connection, own };
  });
  useEffect(() => {
    const heard = (event: ChangeEvent) => {
      const { connection, own } = latest.current;
      news.add(event, connection === 'live' && !own?.isOwn(event.orderId, event.revision));
    };
    const stops = (['created', 'updated'] as const).map((name) => tracker.current.on(name, heard));
    return () => {
      for (const stop of stops) stop();
    };
  }, [news, tracker]);
  return news;
}

export const useLit = (news: FeedNews): ReadonlySet<string> => useSyncExternalStore(news.subscribe, () => news.lit);

export function useMeasures(news: FeedNews): FeedMeasures & { changesAMinute: number } {
  const measures = useSyncExternalStore(news.subscribe, () => news.measures);
  return { ...measures, changesAMinute: news.changesAMinute() };
}

/** When a connection came into its state, in milliseconds since 1970. */
export function useSince(connection: OrdersState['connection']): number {
  const [since, setSince] = useState({ connection, at: currentTime() });
  if (since.connection === connection) return since.at;
  const next = { connection, at: currentTime() };
  setSince(next);
  return next.at;
}
