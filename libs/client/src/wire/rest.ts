import { TrackerError } from '../sync/tracker-error.js';
import { failureReason } from './failure-reason.js';
import { parseObject, toHttpRefusal } from './http-refusal.js';
import { currentToken, type Token } from './token.js';

/** A request without an answer fails after this time. */
const TIMEOUT_MS = 30_000;

export interface RestOptions {
  url: string;
  token?: Token;
  fetch?: typeof globalThis.fetch;
}

/**
 * Reads from the orders API.
 * @param isExpected whether an answer has the form of what was asked for
 * @returns undefined if there is no such order
 * @throws TrackerError: `permanent` if the answer says so, with `retryAfterMs` if it says when to try again
 */
export async function getJson<T>(
  options: RestOptions,
  path: string,
  isExpected: (body: Partial<T>) => boolean,
  signal: AbortSignal,
): Promise<T | undefined> {
  const request = `GET ${options.url}${path}`;
  const response = await send(options, path, signal).catch((cause: unknown) => {
    throw cause instanceof TrackerError ? cause : new TrackerError(whyNoAnswer(request, cause), { cause });
  });
  if (response.ok) {
    const body = parseObject(response.text) as Partial<T>;
    if (isExpected(body)) return body as T;
    throw new TrackerError(`${request} was answered, but not by Galley: check the url, and what is in front of Galley`);
  }
  const error = toHttpRefusal(request, response);
  if (error.code === 'order_not_found') return undefined;
  throw error;
}

async function send({ url, token, fetch = globalThis.fetch }: RestOptions, path: string, signal: AbortSignal) {
  const bearer = await currentToken(token);
  const response = await fetch(url + path, {
    headers: { accept: 'application/json', ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }) },
    signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
  });
  const { ok, status, headers } = response;
  return { ok, status, text: await response.text(), retryAfter: headers.get('retry-after') };
}

function whyNoAnswer(request: string, cause: unknown): string {
  if ((cause as Error | undefined)?.name === 'TimeoutError') {
    return `${request} was not answered within ${TIMEOUT_MS / 1_000} s`;
  }
  return `${request} cannot be sent: ${failureReason(cause)}`;
}
