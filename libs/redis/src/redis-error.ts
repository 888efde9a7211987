/**
 * Why Redis cannot be used, in a sentence that says what to do. It never has a password.
 * @param hosts where Redis should be
 */
export function explainRedisError(error: unknown, hosts: string): string {
  const { message, code, name, errors } = Object(error) as {
    message?: unknown;
    code?: unknown;
    name?: unknown;
    errors?: { message?: unknown }[];
  };
  const texts = [message, errors?.[0]?.message, code, name, 'no reason was given'];
  const text = texts.find((each) => typeof each === 'string' && each !== '') as string;
  const [reason = ''] = text.split('\n');
  if (/^(WRONGPASS|NOAUTH|ERR invalid password|ERR AUTH )/.test(reason)) {
    return `Redis at ${hosts} does not accept the user and password of REDIS_URL (${reason})`;
  }
  if (reason.startsWith('NOPERM'))
    return `Redis at ${hosts} does not let the user of REDIS_URL do its work (${reason})`;
  if (/^(Protocol error|Unknown RESP type)/.test(reason)) return `What answers at ${hosts} is not Redis: set REDIS_URL`;
  if (/SSL routines|wrong version number|packet length too long/.test(reason)) {
    return `Redis at ${hosts} does not speak TLS: set REDIS_URL to redis:// instead of rediss:// (${reason})`;
  }
  if (/certificate|CERT_/i.test(`${reason} ${String(code)}`)) {
    return `Redis at ${hosts} has a certificate that is not trusted: set NODE_EXTRA_CA_CERTS (${reason})`;
  }
  return `Redis does not answer at ${hosts}: start it, or set REDIS_URL (${reason})`;
}
