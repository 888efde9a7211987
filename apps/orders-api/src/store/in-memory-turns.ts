import { Turns } from './turns.js';

/** The turns of a process that shares its store with no other. */
export class InMemoryTurns extends Turns {
  private readonly last = new Map<string, number>();

  override takeTurn(work: string, turn: number): Promise<boolean> {
    const last = this.last.get(work);
    if (last === turn || last === turn + 1) return Promise.resolve(false);
    this.last.set(work, turn);
    return Promise.resolve(true);
  }
}
