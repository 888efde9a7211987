import { type ErrorCode, type FieldError, type Order } from '@galley/contracts';
import { TrackerError } from '../sync/tracker-error.js';
import { type OrderFields } from './write.js';

/** Why an edit was taken back. */
export type WriteRefusal =
  /** Somebody else has changed the order. `yours` are the fields of the edit; `now` is the order as it is now. */
  | { reason: 'conflict'; yours: OrderFields; now: Order }
  /** The order was deleted, was never placed, or is not known to this tracker. */
  | { reason: 'gone' }
  | { reason: 'forbidden' }
  /** The token is missing or invalid, and another attempt would not help. */
  | { reason: 'unauthenticated' }
  /** `errors` says for each wrong field what it must be. */
  | { reason: 'invalid'; errors: readonly FieldError[] }
  /** For another reason, which the `code` of the error tells. */
  | { reason: 'refused' }
  /** It was undone before it was sent. */
  | { reason: 'undone' }
  /** The tracker was closed. `mayBeSaved` says whether the edit had been sent. */
  | { reason: 'closed'; mayBeSaved: boolean };

const REASONS: Partial<Record<string, 'gone' | 'forbidden' | 'unauthenticated'>> = {
  order_not_found: 'gone',
  forbidden: 'forbidden',
  unauthenticated: 'unauthenticated',
  token_invalid: 'unauthenticated',
  signed_out: 'unauthenticated',
} satisfies Partial<Record<ErrorCode, WriteRefusal['reason']>>;

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

/** @param cause a permanent refusal of the orders API, other than a conflict */
export function toWriteError(cause: TrackerError): WriteError {
  const { message, code, options } = cause;
  return new WriteError(message, refusalOf(code, options.errors), { ...(code !== undefined && { code }), cause });
}

function refusalOf(code = '', errors: readonly FieldError[] = []): WriteRefusal {
  const reason = REASONS[code];
  if (reason !== undefined) return { reason };
  return code === 'invalid_request' ? { reason: 'invalid', errors } : { reason: 'refused' };
}

export const gone = (orderId: string, why: string): WriteError =>
  new WriteError(`Order ${orderId} is gone: ${why}`, { reason: 'gone' });

export const conflict = (orderId: string, yours: OrderFields, now: Order): WriteError =>
  new WriteError(
    `Somebody else has changed order ${orderId}`,
    { reason: 'conflict', yours, now },
    { code: 'precondition_failed' },
  );
