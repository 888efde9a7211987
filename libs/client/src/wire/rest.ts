import { type Problem } from '@galley/contracts';
import { TrackerError } from '../sync/tracker-error.js';

/** A request without an answer counts as failed after this many milliseconds. */
const TIMEOUT = 30_000;

/** A token, or what gives the current one, asked before each connection and request. */
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
 * @returns undefined where there is no such thing (404)
 * @throws TrackerError with `retryAfter` where the server says when to come back
 */
export async function getJson<T>(options: RestOptions, path: string, signal: AbortSignal): Promise<T | undefined> {
  const { url, token, fetch = globalThis.fetch } = options;
  const bearer = await currentToken(token);
  const response = await fetch(url.replace(/\/+$/, '') + path, {
    headers: { accept: 'application/json', ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }) },
    signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT)]),
  });
  if (response.ok) return (await response.json()) as T;
  const { code, detail } = (await response.json().catch(() => ({}))) as Partial<Problem>;
  if (code === 'order_not_found') return undefined;
  throw new TrackerError(detail ?? `GET ${path} was answered ${response.status}`, {
    code,
    retryAfter: milliseconds(response.headers.get('retry-after')),
  });
}

/** Of a `Retry-After`: seconds, or a date. */
function milliseconds(retryAfter: string | null): number | undefined {
  if (retryAfter === null) return undefined;
  const wait = /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1_000 : Date.parse(retryAfter) - Date.now();
  return Number.isNaN(wait) ? undefined : Math.max(wait, 0);
}
