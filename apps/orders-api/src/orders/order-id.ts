import { randomFillSync } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';

const BYTES_AN_ID = 16;

/** Random bytes for 256 ids. Fetching them for each id would cost more than the rest of making one. */
const pool = Buffer.alloc(256 * BYTES_AN_ID);
let used = pool.length;

/** The time of the newest id, and its number within the millisecond. */
const newest = { msecs: 0, seq: 0 };

/**
 * A UUID of version 7. It begins with the time, and counts within a millisecond, so that lists and indexes grow at their end.
 * The count begins at a random number below 2^31, which leaves it room enough. Source: RFC 9562, 6.2, method 1.
 */
export function newOrderId(): string {
  const msecs = Date.now();
  const random = randomBytes();
  newest.seq = msecs === newest.msecs ? newest.seq + 1 : random.readUInt32BE() >>> 1;
  newest.msecs = msecs;
  return uuidv7({ ...newest, random });
}

function randomBytes(): Buffer {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += BYTES_AN_ID;
  return pool.subarray(used - BYTES_AN_ID, used);
}
