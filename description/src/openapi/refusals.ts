import { ERRORS, GalleyError, toProblem, type ErrorCode } from '@galley/contracts';
import { type Route } from './routes.js';

/** What any request may be refused with, before it has a route or for reasons of ours. */
const OF_EACH: readonly ErrorCode[] = [
  'invalid_request', // it is not exactly HTTP
  'forbidden', // pages of this origin, or in open mode this host, may not use Galley
  'request_timeout',
  'body_too_large',
  'expectation_failed',
  'headers_too_large',
  'internal_error',
];

/** Callers are limited by their address until they are known, and health checks never are. */
const OF_LIMITED: readonly ErrorCode[] = ['too_many_requests', 'unavailable'];

const OF_TOKENS: readonly ErrorCode[] = ['unauthenticated', 'token_invalid', 'token_expired', 'signed_out'];

/** What follows from reading a request header. */
const OF_HEADERS: Readonly<Partial<Record<string, ErrorCode>>> = {
  'if-match': 'precondition_failed',
  'idempotency-key': 'idempotency_key_reused',
};

const isOfOneOrder = ({ path }: Route) => path.includes('{orderId}');

/** The codes that a route may refuse with, in the order of the table of errors. */
export function refusalsOf(route: Route): ErrorCode[] {
  const codes = new Set<ErrorCode>([
    ...OF_EACH,
    ...(route.rule === 'public' ? [] : [...OF_TOKENS, ...OF_LIMITED]),
    ...(isOfOneOrder(route) ? (['order_not_found'] as const) : []),
    ...(route.method === 'GET' ? [] : (['unsupported_media_type'] as const)),
    ...route.headers.flatMap((name) => OF_HEADERS[name] ?? []),
    ...route.refusals,
  ]);
  return (Object.keys(ERRORS) as ErrorCode[]).filter((code) => codes.has(code));
}

/** A response of OpenAPI. */
export interface ProblemResponse {
  description: string;
  headers: Record<string, { $ref: string }>;
  content: Record<string, unknown>;
}

/** The headers of refusals with a status, besides those that every answer has. */
const HEADERS_BY_STATUS: Readonly<Partial<Record<number, readonly string[]>>> = {
  401: ['WWW-Authenticate'],
  429: ['Retry-After'],
  503: ['Retry-After'],
};

/** @param codes with the same status */
export function problemResponse(status: number, codes: readonly ErrorCode[]): ProblemResponse {
  const names = [...(HEADERS_BY_STATUS[status] ?? []), 'X-Request-Id'];
  return {
    description: codes.map((code) => `\`${code}\`: ${ERRORS[code].title}.`).join('\n\n'),
    headers: Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }])),
    content: {
      'application/problem+json': {
        schema: { $ref: '#/components/schemas/Problem' },
        examples: Object.fromEntries(
          codes.map((code) => [code, { summary: ERRORS[code].title, value: toProblem(new GalleyError(code)) }]),
        ),
      },
    },
  };
}

/** The name of a shared response: that of its first code. */
export const responseNameOf = ([code = '']: readonly string[]): string =>
  code.replace(/(?:^|_)([a-z])/g, (_match, letter: string) => letter.toUpperCase());
