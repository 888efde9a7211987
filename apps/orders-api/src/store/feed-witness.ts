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
   * Records a position in place of the newest one, if that is still `known`. So nobody records a position of a log before it
   * is compared with what another replica has recorded.
   * @param position must not be before `known`
   * @param known the newest recorded position as the caller knows it; undefined if it knows of none
   * @returns false if another one is recorded; then nothing changes
   * @throws GalleyError `unavailable` if the store does not answer within 2 s; the position may have been recorded
   */
  abstract record(position: Position, known: Position | undefined): Promise<boolean>;
}
