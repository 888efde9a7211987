import { type Position } from '@galley/contracts';
import { FeedWitness } from './feed-witness.js';
import { sortKey } from './position-sort-key.js';

/** The witness of orders that are kept in the memory of this process. */
export class InMemoryFeedWitness extends FeedWitness {
  private recorded?: Position;

  override newest(): Promise<Position | undefined> {
    return Promise.resolve(this.recorded);
  }

  override record(position: Position): Promise<Position | undefined> {
    const before = this.recorded;
    if (!before || sortKey(before) < sortKey(position)) this.recorded = position;
    return Promise.resolve(before);
  }
}
