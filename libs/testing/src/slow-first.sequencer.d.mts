/** What takes minutes, the slowest first. */
export const SLOW: readonly string[];
