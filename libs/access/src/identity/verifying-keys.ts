import { createPublicKey, createSecretKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { algorithmsOf, isAlgorithm, verifies, type Algorithm } from './algorithms.js';
import { TokenFault, type JsonWebToken } from './json-web-token.js';

/** A key that signatures of tokens are verified with. */
export interface VerifyingKey {
  /** A secret or a public key, never a private one. */
  readonly key: KeyObject;
  readonly algorithms: readonly Algorithm[];
  /** The name by which headers of tokens mention it. */
  readonly id?: string;
}

export function secretKey(secret: string): VerifyingKey {
  const key = createSecretKey(secret, 'utf8');
  return { key, algorithms: algorithmsOf(key) };
}

/** @throws Error if the key is too weak or of a kind that no algorithm uses */
export function publicKey(key: KeyObject): VerifyingKey {
  const algorithms = algorithmsOf(key);
  if (algorithms.length === 0) throw new Error('must be RSA with at least 2048 bits, P-256, P-384 or Ed25519');
  return { key, algorithms };
}

/** The fields that say which tokens a JSON Web Key is for. */
const webKey = z.looseObject({
  d: z.undefined('must not contain a private key').optional(),
  kid: z.string().optional(),
  alg: z.string().optional(),
  use: z.literal('sig', 'must be for signatures').optional(),
  key_ops: z
    .array(z.string())
    .refine((operations) => operations.includes('verify'), 'must be for verifying')
    .optional(),
});

/** @throws Error if it is not a public key for signatures of tokens */
export function publicKeyOfJwk(jwk: unknown): VerifyingKey {
  const { success, data, error } = webKey.safeParse(jwk);
  if (!success) throw new Error(error.issues[0]?.message);
  const { key, algorithms } = publicKey(importJwk(data));
  const allowed = algorithms.filter((name) => data.alg === undefined || name === data.alg);
  if (allowed.length === 0) throw new Error('must be for signatures');
  return { key, algorithms: allowed, id: data.kid };
}

/** Node's own errors contain parts of the key. */
function importJwk(jwk: JsonWebKey): KeyObject {
  try {
    return createPublicKey({ key: jwk, format: 'jwk' });
  } catch {
    throw new Error('must be public keys');
  }
}

/** The candidates for a token: keys that its header does not exclude. */
export function keysFor({ header }: JsonWebToken, keys: readonly VerifyingKey[]): readonly VerifyingKey[] {
  const { alg, kid } = header;
  return keys.filter(
    ({ algorithms, id }) =>
      isAlgorithm(alg) && algorithms.includes(alg) && (kid === undefined || id === undefined || kid === id),
  );
}

/** @throws TokenFault unless one of the keys verifies the signature */
export function verifySignature(token: JsonWebToken, keys: readonly VerifyingKey[]): void {
  const { header, signed, signature } = token;
  const { alg } = header;
  // No extension is known here, and the token says that one must be.
  if (header.crit !== undefined) throw new TokenFault('header: has critical extensions');
  const isSigned = keysFor(token, keys).some(({ key }) => isAlgorithm(alg) && verifies(alg, key, signed, signature));
  if (!isSigned) throw new TokenFault('signature: is of none of the keys, or of another algorithm');
}
