import { type Problem } from '@galley/contracts';
import { TrackerError } from '../sync/tracker-error.js';

/** A request without an answer fails after this time. */
const TIMEOUT_MS = 30_000;

/** A token, or a function that returns the current one. It is called before each connection and request. */
export type Token = string | (() => string | undefined | Promise<string | undefined>);

export const currentToken = async (token?: Token): Promise<string | undefined> =>
  typeof token === 'function' ? token() : token;

export interface RestOptions {
  url: string;
  token?: Token;
  fetch?: typeof globalThis.fetch;
}

/**
 * Reads from the orders API.
 * @returns undefined if there is no such resource (404)
 * @throws TrackerError, with `retryAfter` if the server says when to try again
 */
export async function getJson<T>(options: RestOptions, path: string, signal: AbortSignal): Promise<T | undefined> {
  const { url, token, fetch = globalThis.fetch } = options;
  const bearer = await currentToken(token);
  const response = await fetch(url.replace(/\/+$/, '') + path, {
    headers: { accept: 'application/json', ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }) },
    signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
  });
  if (response.ok) return (await response.json()) as T;
  const { code, detail } = (await response.json().catch(() => ({}))) as Partial<Problem>;
  if (code === 'order_not_found') return undefined;
  throw new TrackerError(detail ?? `GET ${path} was answered ${response.status}`, {
    code,
    retryAfter: milliseconds(response.headers.get('retry-after')),
  });
}

/** Converts a `Retry-After` header, which is a number of seconds or a date. */
function milliseconds(retryAfter: string | null): number | undefined {
  if (retryAfter === null) return undefined;
  const wait = /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1_000 : Date.parse(retryAfter) - Date.now();
  return Number.isNaN(wait) ? undefined : Math.max(wait, 0);
}
