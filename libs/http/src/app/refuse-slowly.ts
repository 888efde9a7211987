import { tooManyRequests } from '@galley/contracts';

/** How long the refusal of one request too many takes. Its connection waits for it, so a loop gets no faster than this. */
const REFUSAL_TAKES_MS = 1_000;
/** Above this many waiting refusals the others come at once: a refusal that waits takes memory. */
const MAX_WAITING = 1_000;

let waiting = 0;

/**
 * Refuses one request too many. A refusal at once would cost nearly as much as an answer, and the client would come again
 * at once.
 * @param waitMs how long the client has to wait, for `Retry-After`
 * @throws GalleyError `too_many_requests`, always
 */
export async function refuseSlowly(waitMs: number): Promise<never> {
  if (waiting < MAX_WAITING) {
    waiting++;
    await new Promise((resolve) => setTimeout(resolve, REFUSAL_TAKES_MS));
    waiting--;
  }
  throw tooManyRequests(waitMs);
}
