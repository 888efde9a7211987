import { TrackerError } from '../sync/tracker-error.js';
import { failureReason } from './failure-reason.js';

/** A token, or a function that returns the current one. It is called before each connection and request. */
export type Token = string | (() => string | undefined | Promise<string | undefined>);

/** @throws TrackerError if the function fails, or returns something else than a text */
export async function currentToken(token?: Token): Promise<string | undefined> {
  if (typeof token !== 'function') return token;
  let current: unknown;
  try {
    current = await token();
  } catch (cause) {
    throw new TrackerError(`The function token has failed: ${failureReason(cause)}`, { cause });
  }
  // A function of a JavaScript program may return null while nobody is signed in.
  if (typeof current === 'string') return current;
  if (current === undefined || current === null) return undefined;
  throw new TrackerError(`The function token must return a text, not a value of the type ${typeof current}`);
}
