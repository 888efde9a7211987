import { type PublishedChange } from '@galley/change-feed';
import { encodeSubject, rooms } from '@galley/contracts';

const NONE = -1;
const ROOMS_PER_CHANGE = 3;

/**
 * Finds the changes that go to a room without a walk past the others. It has only hashes of the names of rooms, because the
 * names would take more memory than the changes. So it may also find a change for another room, and the caller checks what
 * it finds. The room of all orders is not in it: its changes are all of them.
 *
 * It is a hash table. Each change has three records, one for each room; a record links to the one before it in its bucket.
 */
export class RoomIndex {
  /** The newest record of each bucket. */
  private readonly newest: Int32Array;
  private readonly hashes: number[] = [];
  /** For each record the one before it in its bucket. */
  private readonly previous: number[] = [];

  /** @param expected about how many changes will be added; more make it slower */
  constructor(expected: number) {
    this.newest = new Int32Array(2 ** Math.ceil(Math.log2(Math.max(expected * ROOMS_PER_CHANGE, 1)))).fill(NONE);
  }

  /** The place of the change is how many were added before it. */
  add({ customerId, orderId }: PublishedChange): void {
    const ofCustomer = hashOf(encodeSubject(customerId), CUSTOMER);
    this.record(ofCustomer);
    this.record(hashOf(orderId, ORDER));
    this.record(hashOf(orderId, hashOf(AND_ORDER, ofCustomer)));
  }

  /** The first `limit` places from this one on, ascending, with a change for any of the rooms. */
  find(names: Iterable<string>, from: number, limit: number): number[] {
    const found = new Set<number>();
    for (const name of names) {
      const hash = hashOf(name);
      let record = this.newest[this.bucketOf(hash)] ?? NONE;
      while (record >= from * ROOMS_PER_CHANGE && record !== NONE) {
        if (this.hashes[record] === hash) found.add(Math.floor(record / ROOMS_PER_CHANGE));
        record = this.previous[record] ?? NONE;
      }
    }
    return [...found].sort((a, b) => a - b).slice(0, limit);
  }

  private record(hash: number): void {
    const bucket = this.bucketOf(hash);
    this.previous.push(this.newest[bucket] ?? NONE);
    this.newest[bucket] = this.hashes.push(hash) - 1;
  }

  private bucketOf(hash: number): number {
    return hash & (this.newest.length - 1);
  }
}

/** FNV-1a, 32 bits: the hash of a text, or of a text that begins with what `before` is the hash of. */
function hashOf(text: string, before = 0x811c9dc5): number {
  let hash = before;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash;
}

/** How the names of rooms begin and go on. To put a name together for each change would cost as much as the rest. */
const CUSTOMER = hashOf(rooms.customer(''));
const ORDER = hashOf(rooms.order(''));
const AND_ORDER = rooms.customerOrder('', '').slice(rooms.customer('').length);
