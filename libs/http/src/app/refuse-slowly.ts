import { tooManyRequests } from '@galley/contracts';

/** How long the refusal of one request too many takes. Its connection waits for it, so a loop gets no faster than this. */
const REFUSAL_TAKES_MS = 1_000;
/** Above this many waiting refusals the others come at once: a refusal that waits takes memory. */
const MAX_WAITING = 1_000;

let waiting = 0;

/**
 * Resolves when one request too many should be refused. A refusal at once would cost nearly as much as an answer, and the
 * client would come again at once.
 */
export async function pauseBeforeRefusal(): Promise<void> {
  if (waiting >= MAX_WAITING) return;
  waiting++;
  await new Promise((resolve) => setTimeout(resolve, REFUSAL_TAKES_MS));
  waiting--;
}

/**
 * Refuses one request too many, after a pause.
 * @param waitMs how long the client has to wait, for `Retry-After`
 * @throws GalleyError `too_many_requests`, always
 */
export async function refuseSlowly(waitMs: number): Promise<never> {
  await pauseBeforeRefusal();
  throw tooManyRequests(waitMs);
}
