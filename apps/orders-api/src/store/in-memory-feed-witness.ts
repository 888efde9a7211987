import { isSamePosition, type Position } from '@galley/contracts';
import { FeedWitness } from './feed-witness.js';

/** The witness of orders that are kept in the memory of this process. */
export class InMemoryFeedWitness extends FeedWitness {
  private recorded?: Position;

  override newest(): Promise<Position | undefined> {
    return Promise.resolve(this.recorded);
  }

  override record(position: Position, known: Position | undefined): Promise<boolean> {
    if (!isSamePosition(this.recorded, known)) return Promise.resolve(false);
    this.recorded = position;
    return Promise.resolve(true);
  }
}
