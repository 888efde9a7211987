import { type PublishedChange } from '@galley/change-feed';
import { targetRooms } from '../rooms/target-rooms.js';

/**
 * Finds the changes that go to a room without a look at the others. It has only hashes of the names of rooms, because the
 * names of 10,000 orders would take more memory than their changes. So it may also find a change for another room, and the
 * caller checks what it finds. The room of all orders is not in it: its changes are all of them.
 */
export class RoomIndex {
  /** The places of the changes for each room, ascending. */
  private readonly places = new Map<number, number[]>();

  /** @param place the place of the change among the others, greater than that of the last one */
  add(change: PublishedChange, place: number): void {
    const { customer, order, customerOrder } = targetRooms(change);
    for (const room of [customer, order, customerOrder]) {
      const hash = hashOf(room);
      const places = this.places.get(hash);
      if (!places) this.places.set(hash, [place]);
      else if (places.at(-1) !== place) places.push(place);
    }
  }

  /** The first `limit` places from this one on, ascending, with a change for any of the rooms. */
  find(rooms: Iterable<string>, from: number, limit: number): number[] {
    const found = new Set<number>();
    for (const room of rooms) {
      const places = this.places.get(hashOf(room)) ?? [];
      const first = firstAtLeast(places, from);
      for (const place of places.slice(first, first + limit)) found.add(place);
    }
    return [...found].sort((a, b) => a - b).slice(0, limit);
  }
}

/** FNV-1a, 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash;
}

/** The index of the first number that is at least this one. */
function firstAtLeast(ascending: readonly number[], least: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ascending[middle] ?? least) < least) low = middle + 1;
    else high = middle;
  }
  return low;
}
