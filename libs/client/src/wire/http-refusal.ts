import { type FieldError, type Problem } from '@galley/contracts';
import { TrackerError } from '../sync/tracker-error.js';

/** What is read of an HTTP answer that is no success. */
export interface HttpAnswer {
  status: number;
  /** The body as it came: a problem document if Galley has answered. */
  text: string;
  /** The header `Retry-After`: seconds, or an HTTP date. */
  retryAfter: string | null;
}

/** The end of a sentence about an answer. */
export const NOT_GALLEY = ', but not by Galley: check the url, and what is in front of Galley';

/** Statuses from 400 to 499 that a later attempt may not meet again. */
const PASSING_STATUSES = [408, 425, 429];

/**
 * Converts an answer to an error. A problem document says whether another attempt makes sense (`retryable`). Without
 * that, the status says it.
 * @param request what was asked for, such as `GET https://shop.example/orders`
 */
export function toHttpRefusal(request: string, { status, text, retryAfter }: HttpAnswer): TrackerError {
  const { code, detail, retryable, errors } = parseObject(text) as { [Field in keyof Problem]?: unknown };
  const isGalley = typeof code === 'string';
  const byWhom = isGalley ? '' : NOT_GALLEY;
  return new TrackerError(typeof detail === 'string' ? detail : `${request} was answered ${status}${byWhom}`, {
    code: isGalley ? code : undefined,
    permanent: typeof retryable === 'boolean' ? !retryable : isFinal(status),
    errors: Array.isArray(errors) ? (errors as FieldError[]) : undefined,
    retryAfterMs: toMilliseconds(retryAfter),
  });
}

const isFinal = (status: number): boolean => status >= 400 && status < 500 && !PASSING_STATUSES.includes(status);

/** Parses a body that should be a JSON object. @returns an empty object if it is something else */
export function parseObject(text: string): object {
  try {
    return Object(JSON.parse(text)) as object;
  } catch {
    return {};
  }
}

function toMilliseconds(retryAfter: string | null): number | undefined {
  if (!retryAfter) return undefined;
  const isDate = /[a-z]/i.test(retryAfter);
  const waitMs = isDate ? Date.parse(retryAfter) - Date.now() : Number(retryAfter) * 1_000;
  return Number.isFinite(waitMs) ? Math.max(waitMs, 0) : undefined;
}
