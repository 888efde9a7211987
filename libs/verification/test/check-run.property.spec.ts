import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FAULTS } from './faults.js';
import { correctRun } from './model-run.js';
import { checkRun } from '../src/index.js';

describe('checkRun', () => {
  it('finds nothing in any run that kept every promise', () => {
    fc.assert(
      fc.property(correctRun, (run) => {
        expect(checkRun(run).violations).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it.each(FAULTS)('reports $kind if $name, anywhere in the run', ({ kind, sites }) => {
    fc.assert(
      fc.property(correctRun, fc.nat(), (run, where) => {
        const possible = sites(run);
        const faulty = possible[where % possible.length]?.();
        fc.pre(faulty !== undefined);
        expect(checkRun(faulty).violations.map((violation) => violation.kind)).toContain(kind);
      }),
      { numRuns: 100 },
    );
  });
});
