import { randomFillSync } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';

const BYTES_AN_ID = 16;

/** Random bytes for 256 ids. Fetching them for each id would cost more than the rest of making one. */
const pool = new Uint8Array(256 * BYTES_AN_ID);
let used = pool.length;

/** A UUID of version 7. It begins with the time, so that indexes grow at their end. */
export const newOrderId = (): string => uuidv7({ rng: randomBytes });

function randomBytes(): Uint8Array {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += BYTES_AN_ID;
  return pool.subarray(used - BYTES_AN_ID, used);
}
