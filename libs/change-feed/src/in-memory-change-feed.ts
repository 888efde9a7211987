import { type Position } from '@galley/contracts';
import { encodeChange, type Change, type PublishedChange } from './change.js';
import {
  ChangeFeed,
  type AppendOutcome,
  type FeedPage,
  type FeedSubscriber,
  type FeedSubscription,
} from './change-feed.js';
import { newEpoch } from './epoch.js';

/** A feed inside one process, for tests. The Redis feed must behave in the same way. */
export class InMemoryChangeFeed extends ChangeFeed {
  private epoch = newEpoch();
  private log: PublishedChange[] = [];
  private seq = 0;
  private readonly revisions = new Map<string, number>();
  private readonly subscribers = new Set<FeedSubscriber>();

  /** @param history how many changes are kept for readers */
  constructor(private readonly history = 100_000) {
    super();
  }

  override append(changes: readonly Change[]): Promise<AppendOutcome[]> {
    return Promise.resolve(changes.map((change) => this.appendOne(change)));
  }

  override subscribe(subscriber: FeedSubscriber): FeedSubscription {
    this.subscribers.add(subscriber);
    subscriber.onStart?.(this.head);
    const position = () => this.head;
    return {
      attached: true,
      get position() {
        return position();
      },
      close: () => {
        this.subscribers.delete(subscriber);
        return Promise.resolve();
      },
    };
  }

  override read(after: number, limit: number): Promise<FeedPage> {
    const changes = this.log.filter((change) => change.position.seq > after).slice(0, limit);
    return Promise.resolve({ changes, ...(this.head && { head: this.head }) });
  }

  override reset(epoch = this.epoch): Promise<void> {
    if (epoch !== this.epoch) return Promise.resolve();
    this.epoch = newEpoch();
    this.seq = 0;
    this.log = [];
    this.revisions.clear();
    for (const subscriber of this.subscribers) subscriber.onGap({ reason: 'new-epoch' });
    return Promise.resolve();
  }

  override close(): Promise<void> {
    this.subscribers.clear();
    return Promise.resolve();
  }

  private get head(): Position | undefined {
    return this.seq > 0 ? { epoch: this.epoch, seq: this.seq } : undefined;
  }

  private appendOne(change: Change): AppendOutcome {
    const last = this.revisions.get(change.orderId);
    if (last !== undefined && change.revision <= last) return { outcome: 'duplicate' };
    if (last !== undefined && change.revision > last + 1) {
      return { outcome: 'gap', expected: last + 1, epoch: this.epoch };
    }
    const position = { epoch: this.epoch, seq: ++this.seq };
    const published = { ...change, position, text: encodeChange(change) };
    this.revisions.set(change.orderId, change.revision);
    this.log.push(published);
    if (this.log.length > this.history) this.log.shift();
    for (const subscriber of this.subscribers) subscriber.onChange(published);
    return { outcome: 'appended', position };
  }
}
