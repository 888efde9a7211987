import { type ViolationKind } from '../src/checker/report.js';
import { type Run } from '../src/checker/run.js';
import { type Site } from './altered-runs.js';

/** Something that can go wrong in a run. */
export interface Fault {
  name: string;
  kind: ViolationKind;
  /** The places in the run where it can go wrong. */
  sites: (run: Run) => Site[];
}
