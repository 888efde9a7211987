/** Lets replicas share work that all of them together may do only so often. */
export abstract class Turns {
  /**
   * Takes a turn, so that no other replica gets it.
   * @param work the name of the work
   * @param turn the number of the turn. Each is followed by the next one, for example with each second
   * @returns false if this turn was taken before, or the next one
   * @throws GalleyError `unavailable` if the store does not answer within 2 s
   */
  abstract takeTurn(work: string, turn: number): Promise<boolean>;
}
