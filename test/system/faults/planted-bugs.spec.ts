import { describe, expect, it } from '@jest/globals';
import { FAULT_CASES } from './fault-cases.js';
import { PLANTED_BUGS } from './planted-bugs.js';

describe('the fault cases', () => {
  const names = FAULT_CASES.map(({ name }) => name);

  it('are at least 25, each with its own name and fault', () => {
    expect(new Set(names).size).toBe(names.length);
    expect(new Set(FAULT_CASES.map(({ fault }) => fault)).size).toBe(names.length);
    expect(names.length).toBeGreaterThanOrEqual(25);
  });

  it('have a planted bug each, and no bug is for an unknown case', () => {
    expect([...new Set(PLANTED_BUGS.flatMap(({ cases }) => cases))].sort()).toEqual([...names].sort());
  });
});
