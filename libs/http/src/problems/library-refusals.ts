import { type IncomingMessage, type ServerResponse } from 'node:http';
import { ERRORS, GalleyError, type ErrorCode } from '@galley/contracts';
import { writeProblem } from './problem-answer.js';

/** Our codes for what libraries refuse by themselves, by HTTP status. */
const BY_STATUS: Partial<Record<number, ErrorCode>> = {
  403: 'forbidden',
  404: 'route_not_found',
  405: 'method_not_allowed',
  413: 'body_too_large',
  415: 'unsupported_media_type',
  417: 'expectation_failed',
  429: 'too_many_requests',
  503: 'unavailable',
};

/** Our code for a status that a library has chosen. */
export function codeOfStatus(status: number): ErrorCode {
  return BY_STATUS[status] ?? (status >= 500 ? 'internal_error' : 'invalid_request');
}

/**
 * Makes problem documents of what a library such as engine.io refuses by itself: it writes a status with `writeHead`, and
 * then a reason or nothing with `end`. Other answers stay as they are.
 */
export function replaceRefusals(request: IncomingMessage, response: ServerResponse): void {
  const writeHead = response.writeHead.bind(response) as (...args: unknown[]) => ServerResponse;
  const end = response.end.bind(response) as (...args: unknown[]) => ServerResponse;
  let refused: { status: number; retryAfter?: unknown } | undefined;
  response.writeHead = (status: number, ...rest: unknown[]) => {
    const headers = rest.at(-1) as Record<string, unknown> | undefined;
    const isProblem = String(headers?.['content-type']).startsWith('application/problem+json');
    if (status < 400 || isProblem) return writeHead(status, ...rest);
    refused = { status, retryAfter: headers?.['retry-after'] };
    if (headers?.connection === 'close') response.shouldKeepAlive = false;
    return response;
  };
  response.end = ((...args: unknown[]) => {
    if (!refused) return end(...args);
    const refusal = toRefusal(refused.status, args[0], refused.retryAfter);
    // `writeProblem` uses them.
    Object.assign(response, { writeHead, end });
    writeProblem(request, response, refusal);
    return response;
  }) as ServerResponse['end'];
}

function toRefusal(status: number, body: unknown, retryAfter: unknown): GalleyError {
  const reason = reasonOf(body);
  const retryAfterSeconds = retryAfter === undefined ? undefined : Number(retryAfter);
  if (reason !== undefined && Object.hasOwn(ERRORS, reason)) {
    return new GalleyError(reason as ErrorCode, undefined, { retryAfterSeconds });
  }
  return new GalleyError(codeOfStatus(status), reason, { retryAfterSeconds });
}

/** The `message` of engine.io's `{ code, message }`. */
function reasonOf(body: unknown): string | undefined {
  try {
    const { message } = JSON.parse(String(body)) as { message?: unknown };
    return typeof message === 'string' ? message : undefined;
  } catch {
    return undefined;
  }
}
