import { distance, isSamePosition, type Position } from '@galley/contracts';
import { type FeedBeat } from './beat.js';
import { ageOf, epochAfter, positionAfter, startOf } from './chain.js';
import { encodeChange, headerOf, toEntry, type Change, type PublishedChange } from './change.js';
import {
  ChangeFeed,
  type Appended,
  type AppendOutcome,
  type FeedSubscriber,
  type FeedSubscription,
} from './change-feed.js';
import { type Stretch } from './feed-page.js';

/** A feed inside one process, for tests. The Redis feed must behave in the same way. */
export class InMemoryChangeFeed extends ChangeFeed {
  private newest?: Position;
  private log: PublishedChange[] = [];
  private revisions = new Map<string, number>();
  private readonly subscribers = new Set<FeedSubscriber>();

  /** @param history how many changes are kept for readers */
  constructor(private readonly history = 100_000) {
    super();
  }

  override append(changes: readonly Change[], witnessed?: Position): Promise<Appended> {
    const head = this.newest && this.contains(witnessed) ? this.newest : this.startEpoch(witnessed?.epoch);
    const outcomes = changes.map((change) => this.appendOne(change));
    return Promise.resolve({ head: this.newest ?? head, outcomes });
  }

  override subscribe(subscriber: FeedSubscriber): FeedSubscription {
    this.subscribers.add(subscriber);
    subscriber.onStart?.(this.newest);
    const position = () => this.newest;
    return {
      attached: true,
      repairs: 0,
      get position() {
        return position();
      },
      close: () => {
        this.subscribers.delete(subscriber);
        return Promise.resolve();
      },
    };
  }

  override head(): Promise<Position | undefined> {
    return Promise.resolve(this.newest);
  }

  override readFrom(seq: number, count: number): Promise<Stretch> {
    const entries = this.log.filter(({ position }) => position.seq >= seq).slice(0, count);
    return Promise.resolve({ head: this.newest, entries });
  }

  override beat(beat: FeedBeat): Promise<void> {
    for (const subscriber of this.subscribers) subscriber.onBeat?.(beat);
    return Promise.resolve();
  }

  override reset(epoch = this.newest?.epoch): Promise<void> {
    if (this.newest && epoch === this.newest.epoch) this.startEpoch();
    return Promise.resolve();
  }

  override close(): Promise<void> {
    this.subscribers.clear();
    return Promise.resolve();
  }

  /** @returns a function that goes back to this moment, as a failover of Redis to a replica that is behind does */
  save(): () => void {
    const { newest, log, revisions } = this;
    const saved = { newest, log: [...log], revisions: new Map(revisions) };
    return () => {
      this.newest = saved.newest;
      this.log = [...saved.log];
      this.revisions = new Map(saved.revisions);
      this.declareGap();
    };
  }

  private contains(witnessed: Position | undefined): boolean {
    if (!witnessed) return true;
    const ahead = distance(witnessed, this.newest);
    if (ahead === undefined) return ageOf(this.newest?.epoch) > ageOf(witnessed.epoch);
    if (ahead <= 0) return isSamePosition(witnessed, this.newest);
    const entry = this.log.find(({ position }) => position.seq === witnessed.seq);
    return !entry || isSamePosition(entry.position, witnessed);
  }

  private startEpoch(witnessed?: string): Position {
    const before = this.newest;
    this.newest = startOf(epochAfter(before?.epoch, witnessed));
    this.log = [];
    this.revisions.clear();
    if (before) this.declareGap();
    return this.newest;
  }

  private declareGap(): void {
    for (const subscriber of this.subscribers) subscriber.onGap({ reason: 'new-epoch', now: this.newest });
  }

  private appendOne(change: Change): AppendOutcome {
    const last = this.revisions.get(change.orderId);
    if (last !== undefined && change.revision <= last) return { outcome: 'duplicate' };
    if (last !== undefined && change.revision > last + 1) return { outcome: 'gap', expected: last + 1 };
    const position = positionAfter(this.newest ?? this.startEpoch(), headerOf(change));
    const published = { ...change, position, entry: toEntry(encodeChange(change), position.digest) };
    this.newest = position;
    this.revisions.set(change.orderId, change.revision);
    this.log.push(published);
    if (this.log.length > this.history) this.log.shift();
    for (const subscriber of this.subscribers) subscriber.onChange(published);
    return { outcome: 'appended' };
  }
}
