/**
 * A new id: 12 hexadecimal digits of the time, so that indexes grow at their end, then 20 random ones.
 * `crypto.randomUUID` is missing on pages that come without TLS.
 */
export function newId(): string {
  const random = crypto.getRandomValues(new Uint8Array(10));
  const digits = Array.from(random, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return Date.now().toString(16).padStart(12, '0') + digits;
}
