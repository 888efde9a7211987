/** How long and with which choices each case runs. */
export interface Effort {
  /** The same seed makes the same choices. */
  seed: number;
  /** How long a fault lasts. */
  faultMs: number;
  /** How long clients may take to hear everything after the fault. */
  healWithinMs: number;
}

const FAULT_MS = { short: 5_000, full: 30_000 };
const HEAL_WITHIN_MS = 20_000;

/** @param seed if absent, the time decides */
export function effortFrom({ seed, isFull }: { seed?: string; isFull: boolean }): Effort {
  return {
    seed: Number(seed ?? Date.now() % 1_000_000),
    faultMs: isFull ? FAULT_MS.full : FAULT_MS.short,
    healWithinMs: HEAL_WITHIN_MS,
  };
}
