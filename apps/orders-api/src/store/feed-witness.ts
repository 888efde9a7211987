import { type Position } from '@galley/contracts';

/**
 * Remembers in the store how far the change feed reached. Redis may lose its newest entries, and the processes that have
 * seen them may be gone. The store does not forget what a majority has acknowledged.
 */
export abstract class FeedWitness {
  /**
   * The newest recorded position; undefined if none was ever recorded.
   * @throws GalleyError `unavailable` if the store does not answer within 2 s
   */
  abstract newest(): Promise<Position | undefined>;

  /**
   * Records a position, unless a newer one is recorded.
   * @returns the newest position that was recorded before
   * @throws GalleyError `unavailable` if the store does not answer within 2 s
   */
  abstract record(position: Position): Promise<Position | undefined>;
}
