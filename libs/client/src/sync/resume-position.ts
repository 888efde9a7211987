import { distance, parsePosition } from '@galley/contracts/feed-position';

/** The later one of two positions as text. One of another epoch than `known` is later: epochs follow each other. */
export function laterPosition(known: string | undefined, told: string): string {
  if (known === undefined) return told;
  return (distance(parsePosition(known), parsePosition(told)) ?? 0) < 0 ? known : told;
}
