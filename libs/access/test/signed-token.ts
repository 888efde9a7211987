import { createHmac, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';

export const SECRET = 'f3a9c17e5b2d4860a1c3e5f708192a3b4c5d6e7f';
export const nowSeconds = () => Math.floor(Date.now() / 1_000);

/** The claims of a valid token of the shop. */
export const goodClaims = () => ({
  ...{ role: 'staff', sub: 'sue', iss: 'galley', aud: 'galley', iat: nowSeconds(), exp: nowSeconds() + 60 },
});

const encode = (content: string | Buffer) => Buffer.from(content).toString('base64url');

/** Signs any header and claims, also those that no library would make a token of. */
export function signTexts(
  header: string,
  claims: string | Buffer,
  signature: (signed: string) => Buffer = hmacOf(SECRET),
): string {
  const signed = `${encode(header)}.${encode(claims)}`;
  return `${signed}.${signature(signed).toString('base64url')}`;
}

export const signClaims = (claims: object, header: object = { alg: 'HS256' }, signature?: (signed: string) => Buffer) =>
  signTexts(JSON.stringify(header), JSON.stringify(claims), signature);

export const hmacOf =
  (secret: string | Buffer, hash = 'sha256') =>
  (signed: string): Buffer =>
    createHmac(hash, secret).update(signed).digest();

export interface Pair {
  privateKey: KeyObject;
  publicKey: KeyObject;
}

/** A pair for each algorithm with public keys, and how it signs. */
export const PAIRS: Record<string, { pair: Pair; signature: (signed: string) => Buffer }> = {
  RS256: signing(rsa(), 'sha256', {}),
  PS256: signing(rsa(), 'sha256', { padding: 6, saltLength: 32 }),
  ES256: signing(generateKeyPairSync('ec', { namedCurve: 'P-256' }), 'sha256', { dsaEncoding: 'ieee-p1363' }),
  ES384: signing(generateKeyPairSync('ec', { namedCurve: 'P-384' }), 'sha384', { dsaEncoding: 'ieee-p1363' }),
  EdDSA: signing(generateKeyPairSync('ed25519'), null, {}),
};

export function rsa(modulusLength = 2_048): Pair {
  return generateKeyPairSync('rsa', { modulusLength });
}

export const pemOf = ({ publicKey }: Pair) => publicKey.export({ type: 'spki', format: 'pem' }).toString();
export const privatePemOf = ({ privateKey }: Pair) => privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

function signing(pair: Pair, hash: string | null, options: object) {
  return { pair, signature: (signed: string) => sign(hash, Buffer.from(signed), { key: pair.privateKey, ...options }) };
}
