/**
 * The reason that an error of `fetch` or of a socket gives, such as `connect ECONNREFUSED 127.0.0.1:3000`. In Node it is
 * inside: in the cause, or in the errors of the addresses that were tried.
 */
export function failureReason(error: unknown): string {
  // Not `instanceof Error`: the error may come from another realm, such as that of a test runner or a frame.
  const { cause, errors, message, code } = Object(error) as {
    cause?: unknown;
    errors?: unknown[];
    message?: unknown;
    code?: unknown;
  };
  const inside = cause ?? errors?.[0];
  if (typeof inside === 'object') return failureReason(inside);
  const texts = [message, code, error].filter((text) => typeof text === 'string' && text !== '');
  return texts.map(String)[0] ?? 'no reason was given';
}
