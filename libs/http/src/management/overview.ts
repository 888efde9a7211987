/** A part of the page about a process: rows of a table, each with as many cells as there are columns. */
export interface OverviewSection {
  title: string;
  columns: readonly string[];
  rows: readonly (readonly (string | number)[])[];
  /** What to say if there are no rows. */
  empty?: string;
}

/**
 * What an app tells on the page about its process: figures for the person who is on call. Never a token, a key, or anything of an
 * order but its id.
 */
export abstract class Overview {
  abstract sections(): OverviewSection[];
}
