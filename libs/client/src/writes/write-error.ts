import { type ErrorCode, type FieldError, type Order } from '@galley/contracts';
import { TrackerError } from '../sync/tracker-error.js';
import { type OrderFields } from './write.js';

/**
 * Why an edit was taken back. `mayBeSaved` says whether it may be stored nevertheless, because it was sent before, and that had
 * no answer. The feed then tells of it.
 */
export type WriteRefusal =
  /** Somebody else has changed the order. `yours` are the fields of the edit; `now` is the order as it is now. */
  | { reason: 'conflict'; yours: OrderFields; now: Order }
  /** The order was deleted, was never placed, or is not known to this tracker. */
  | { reason: 'gone' }
  | { reason: 'forbidden'; mayBeSaved: boolean }
  /** The token is missing or invalid, and another attempt would not help. */
  | { reason: 'unauthenticated'; mayBeSaved: boolean }
  /** `errors` says for each wrong field what it must be. */
  | { reason: 'invalid'; errors: readonly FieldError[] }
  /** For another reason, which the `code` of the error tells. */
  | { reason: 'refused'; mayBeSaved: boolean }
  /** It was undone before it was sent. */
  | { reason: 'undone' }
  /** The tracker was closed. */
  | { reason: 'closed'; mayBeSaved: boolean };

const REASONS: Partial<Record<string, 'gone' | 'forbidden' | 'unauthenticated'>> = {
  order_not_found: 'gone',
  forbidden: 'forbidden',
  unauthenticated: 'unauthenticated',
  token_invalid: 'unauthenticated',
  signed_out: 'unauthenticated',
} satisfies Partial<Record<ErrorCode, WriteRefusal['reason']>>;

/** The API refuses with these only after it has looked for an earlier request with the same key. */
const AFTER_KEYS: readonly string[] = ['order_closed', 'order_exists', 'idempotency_key_reused'] satisfies ErrorCode[];

/** An edit was taken back. */
export class WriteError extends TrackerError {
  constructor(
    message: string,
    readonly refusal: WriteRefusal,
    options: { code?: string; cause?: unknown } = {},
  ) {
    super(message, { ...options, permanent: true });
    this.name = 'WriteError';
  }

  /** The reason of the refusal. */
  get reason(): WriteRefusal['reason'] {
    return this.refusal.reason;
  }
}

/**
 * @param cause a permanent refusal of the orders API, other than a conflict
 * @param wasSentBefore whether it was sent before, without an answer
 */
export function toWriteError(cause: TrackerError, wasSentBefore: boolean): WriteError {
  const { message, code, options } = cause;
  return new WriteError(message, refusalOf(options.errors, wasSentBefore, code), {
    ...(code !== undefined && { code }),
    cause,
  });
}

function refusalOf(errors: readonly FieldError[] = [], mayBeSaved: boolean, code = ''): WriteRefusal {
  const reason = REASONS[code] ?? 'refused';
  if (code === 'invalid_request') return { reason: 'invalid', errors };
  return reason === 'gone' ? { reason } : { reason, mayBeSaved: mayBeSaved && !AFTER_KEYS.includes(code) };
}

export const gone = (orderId: string, why: string): WriteError =>
  new WriteError(`Order ${orderId} is gone: ${why}`, { reason: 'gone' });

export const conflict = (orderId: string, yours: OrderFields, now: Order): WriteError =>
  new WriteError(
    `Somebody else has changed order ${orderId}`,
    { reason: 'conflict', yours, now },
    { code: 'precondition_failed' },
  );
