import { type Order } from '@galley/contracts';
import { TrackerError } from '../sync/tracker-error.js';
import { failureReason } from './failure-reason.js';
import { NOT_GALLEY, parseObject, toHttpRefusal } from './http-refusal.js';
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
  const { name, response } = await ask(options, { method: 'GET', path }, signal);
  if (response.ok) return expected(name, response.text, isExpected);
  const error = toHttpRefusal(name, response);
  if (error.code === 'order_not_found') return undefined;
  throw error;
}

export const fetchOrder = (options: RestOptions, orderId: string, signal: AbortSignal): Promise<Order | undefined> =>
  getJson<Order>(options, `/orders/${encodeURIComponent(orderId)}`, (body) => body.orderId === orderId, signal);

/** @throws TrackerError if the answer does not have the form of what was asked for */
export function expected<T>(name: string, text: string, isExpected: (body: Partial<T>) => boolean): T {
  const body = parseObject(text) as Partial<T>;
  if (isExpected(body)) return body as T;
  throw new TrackerError(`${name} was answered${NOT_GALLEY}`);
}

interface Asked {
  method: string;
  path: string;
  headers?: Record<string, string>;
  body?: object;
}

/** @throws TrackerError if there is no answer */
export async function ask(
  { url, token, fetch = globalThis.fetch }: RestOptions,
  { method, path, headers, body }: Asked,
  signal: AbortSignal,
) {
  const name = `${method} ${url}${path}`;
  try {
    const bearer = await currentToken(token);
    const response = await fetch(url + path, {
      method,
      headers: {
        accept: 'application/json',
        ...(body && { 'content-type': 'application/json' }),
        ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
        ...headers,
      },
      body: body && JSON.stringify(body),
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    const { ok, status } = response;
    const retryAfter = response.headers.get('retry-after');
    return { name, response: { ok, status, text: await response.text(), retryAfter } };
  } catch (cause) {
    throw cause instanceof TrackerError ? cause : new TrackerError(whyNoAnswer(name, cause), { cause });
  }
}

function whyNoAnswer(request: string, cause: unknown): string {
  if ((cause as Error | undefined)?.name === 'TimeoutError') {
    return `${request} was not answered within ${TIMEOUT_MS / 1_000} s`;
  }
  return `${request} cannot be sent: ${failureReason(cause)}`;
}
