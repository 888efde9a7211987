import { distance, parsePosition } from '@galley/contracts/feed-position';

/** The later of two positions as text. One of another epoch is later than `known`, because old epochs do not return. */
export function laterPosition(known: string | undefined, received: string): string {
  if (known === undefined) return received;
  return (distance(parsePosition(known), parsePosition(received)) ?? 0) < 0 ? known : received;
}
