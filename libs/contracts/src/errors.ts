import { z } from 'zod';

/** Every refusal: its stable code, its HTTP status, and its title in a problem document. */
export const ERRORS = {
  invalid_request: { status: 400, title: 'The request is not valid' },
  unauthenticated: { status: 401, title: 'A token is needed' },
  token_invalid: { status: 401, title: 'The token is invalid' },
  token_expired: { status: 401, title: 'The token has expired: get a new one' },
  signed_out: { status: 401, title: 'The user was signed out: sign in again' },
  forbidden: { status: 403, title: 'This is not allowed' },
  order_not_found: { status: 404, title: 'There is no such order' },
  route_not_found: { status: 404, title: 'There is no such route' },
  method_not_allowed: { status: 405, title: 'This route has no such method' },
  request_timeout: { status: 408, title: 'The request did not arrive in time' },
  order_closed: { status: 409, title: 'The order is closed: open it again first' },
  order_exists: { status: 409, title: 'The order id is taken' },
  precondition_failed: { status: 412, title: 'The order is not at the revision that If-Match asks for' },
  body_too_large: { status: 413, title: 'The request body is too large' },
  unsupported_media_type: { status: 415, title: 'The request body must be JSON' },
  expectation_failed: { status: 417, title: 'The expectation cannot be met' },
  idempotency_key_reused: { status: 422, title: 'The Idempotency-Key was already used for another request' },
  too_many_rooms: { status: 429, title: 'This connection follows too many orders' },
  too_many_requests: { status: 429, title: 'Too many requests: slow down' },
  too_many_connections: { status: 429, title: 'Too many connections' },
  headers_too_large: { status: 431, title: 'The head of the request is too large' },
  internal_error: { status: 500, title: 'Something went wrong on our side' },
  unavailable: { status: 503, title: 'The service cannot do this right now' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ErrorCode = keyof typeof ERRORS;

/**
 * Refusals that a later attempt may not meet again; after `token_expired` it needs a new token. The others are final.
 */
const PASSING: ReadonlySet<ErrorCode> = new Set([
  'token_expired',
  'request_timeout',
  'too_many_requests',
  'too_many_connections',
  'internal_error',
  'unavailable',
]);

/** The stable code of a refusal. Codes may be added, and keep their meaning. */
export const errorCode = z.enum(Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]]);

/** What is wrong with one field. `field` and `message` together are a sentence: "quantity must be a number". */
export const fieldError = z.strictObject({
  /** A path such as `quantity`, or `body` for the whole body. */
  field: z.string(),
  /** The rest of the sentence that begins with the field. */
  message: z.string(),
});
export type FieldError = z.infer<typeof fieldError>;

/**
 * An RFC 9457 problem document (`application/problem+json`): the body of every HTTP answer with a status of 400 or
 * more.
 */
export const problem = z.strictObject({
  /** The same for all refusals with this code: `urn:galley:problem:<code>`. */
  type: z.string(),
  /** The meaning of the code, for people. */
  title: z.string(),
  /** The HTTP status of the answer. */
  status: z.int(),
  /** What was wrong with this request, for people. */
  detail: z.string(),
  /** The stable code of the refusal. */
  code: errorCode,
  /** Whether a later attempt may succeed. If so, not before the time in `Retry-After`, if the answer has that header. */
  retryable: z.boolean(),
  /** What is wrong with each field, if it is the content of the request that is wrong. */
  errors: z.array(fieldError).optional(),
});
export type Problem = z.infer<typeof problem>;

/** A refusal with a stable code. Services throw it. Each transport maps it in one place. */
export class GalleyError extends Error {
  constructor(
    readonly code: ErrorCode,
    message: string = ERRORS[code].title,
    readonly options: {
      errors?: FieldError[];
      cause?: unknown;
      retryAfterSeconds?: number;
      /** The methods that the route has. */
      allowedMethods?: readonly string[];
    } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'GalleyError';
  }
}

/** The refusal of a client that makes too many requests. */
export const tooManyRequests = (waitMs: number): GalleyError =>
  new GalleyError('too_many_requests', undefined, { retryAfterSeconds: Math.ceil(waitMs / 1_000) });

/** The `data` of the `connect_error` that a refused client gets. */
export const connectRefusal = z.strictObject({
  /** The stable code of the refusal. */
  code: errorCode,
  /** A sentence for people. It may change. */
  message: z.string(),
  /** Whether the client should try again. */
  retryable: z.boolean(),
  /** How many seconds to wait before that. */
  retryAfter: z.number().optional(),
});
export type ConnectRefusal = z.infer<typeof connectRefusal>;

/** The refusal as a gateway sends it. */
export function toConnectRefusal({ code, message, options }: GalleyError): ConnectRefusal {
  const { retryAfterSeconds } = options;
  const refusal: ConnectRefusal = { code, message, retryable: PASSING.has(code) };
  return retryAfterSeconds === undefined ? refusal : { ...refusal, retryAfter: retryAfterSeconds };
}

/** The refusal as an HTTP answer. */
export function toProblem({ code, message, options }: GalleyError): Problem {
  return {
    type: `urn:galley:problem:${code}`,
    title: ERRORS[code].title,
    status: ERRORS[code].status,
    detail: message,
    code,
    retryable: PASSING.has(code),
    ...(options.errors && { errors: options.errors }),
  };
}

interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
  /** Set by zod if the issue is about unknown keys. */
  readonly keys?: readonly string[];
}

/** The refusal of input that does not match a schema. It names each bad field. */
export function invalidRequest(issues: readonly SchemaIssue[], whole = 'body'): GalleyError {
  const errors = issues.slice(0, 20).flatMap((issue) => {
    const path = (issue.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part));
    const fields = issue.keys?.slice(0, 20).map((key) => [...path, key]) ?? [path];
    return fields.map((field) => ({
      field: field.join('.').slice(0, 100) || whole,
      message: issue.keys ? 'is not a known field' : issue.message,
    }));
  });
  return new GalleyError('invalid_request', errors.map((e) => `${e.field} ${e.message}`).join('; '), { errors });
}

/**
 * @param whole the name of the value, for errors that concern all of it
 * @returns the parsed value
 * @throws GalleyError `invalid_request`
 */
export function parseOrRefuse<T>(schema: z.ZodType<T>, value: unknown, whole?: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw invalidRequest(result.error.issues, whole);
}
