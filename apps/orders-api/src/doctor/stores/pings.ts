/** Asks a store again and again. @returns the milliseconds of each answer, the quickest first */
export async function timePings(count: number, ping: () => Promise<unknown>): Promise<number[]> {
  const tookMs: number[] = [];
  for (let i = 0; i < count; i++) {
    const sentAt = performance.now();
    await ping();
    tookMs.push(performance.now() - sentAt);
  }
  return tookMs.sort((a, b) => a - b);
}

/** The milliseconds of a usual answer. */
export const usualOf = (pingsMs: readonly number[]): number => pingsMs[Math.floor(pingsMs.length / 2)] ?? 0;
