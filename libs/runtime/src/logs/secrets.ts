/** What must be in no log, and what stands there instead. It is a second line of defence: nothing of ours logs them. */
const SECRETS: readonly [RegExp, string][] = [
  [/\beyJ[\w-]{4,}\.[\w-]+\.[\w-]*/g, '[token]'],
  [/\bBearer +[^\s"',;]+/gi, 'Bearer [token]'],
  [/\b([a-z][a-z\d+.-]*:\/\/)[^\s/@"']*@/gi, '$1[credentials]@'],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*(-----END [A-Z ]*PRIVATE KEY-----)?/g, '[private key]'],
];

/** Replaces tokens, the credentials of URLs and private keys in a text. */
export function withoutSecrets(text: string): string {
  return SECRETS.reduce((left, [secret, instead]) => left.replace(secret, instead), text);
}
