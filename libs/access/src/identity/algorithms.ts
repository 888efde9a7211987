import { constants, createHmac, timingSafeEqual, verify, type KeyObject, type VerifyKeyObjectInput } from 'node:crypto';

interface SignatureAlgorithm {
  /** Whether the key is for this algorithm, and strong enough. */
  fits(key: KeyObject): boolean;
  verifies(key: KeyObject, signed: string, signature: Buffer): boolean;
}

const MIN_RSA_BITS = 2_048;

/**
 * The algorithms of signatures, by their name in the header of a token. Each key has its own ones, so a public key is never
 * used as the secret of an HMAC. `none` is not one of them. All run in the calling thread: handing 30 us of work to the
 * thread pool costs more than doing it.
 */
const ALGORITHMS = {
  HS256: {
    fits: ({ type }) => type === 'secret',
    verifies: (key, signed, signature) => {
      const expected = createHmac('sha256', key).update(signed).digest();
      return signature.length === expected.length && timingSafeEqual(signature, expected);
    },
  },
  RS256: publicKey('sha256', isRsa('rsa'), { padding: constants.RSA_PKCS1_PADDING }),
  PS256: publicKey('sha256', isRsa('rsa', 'rsa-pss'), { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }),
  ES256: publicKey('sha256', isOnCurve('prime256v1'), { dsaEncoding: 'ieee-p1363' }),
  ES384: publicKey('sha384', isOnCurve('secp384r1'), { dsaEncoding: 'ieee-p1363' }),
  EdDSA: publicKey(null, isEd25519),
  Ed25519: publicKey(null, isEd25519),
} satisfies Record<string, SignatureAlgorithm>;

export type Algorithm = keyof typeof ALGORITHMS;
const NAMES = Object.keys(ALGORITHMS) as Algorithm[];

export const isAlgorithm = (name: unknown): name is Algorithm =>
  typeof name === 'string' && Object.hasOwn(ALGORITHMS, name);

/** The algorithms that a secret or a public key is for, the preferred one first; empty if the key is too weak or of no use. */
export const algorithmsOf = (key: KeyObject): readonly Algorithm[] =>
  NAMES.filter((name) => ALGORITHMS[name].fits(key));

/** @param algorithm one of those that the key is for */
export const verifies = (algorithm: Algorithm, key: KeyObject, signed: string, signature: Buffer): boolean =>
  ALGORITHMS[algorithm].verifies(key, signed, signature);

function publicKey(
  hash: string | null,
  fits: (key: KeyObject) => boolean,
  options: Omit<VerifyKeyObjectInput, 'key'> = {},
): SignatureAlgorithm {
  return {
    fits: (key) => key.type === 'public' && fits(key),
    verifies: (key, signed, signature) => verify(hash, Buffer.from(signed), { key, ...options }, signature),
  };
}

function isRsa(...types: string[]): (key: KeyObject) => boolean {
  return ({ asymmetricKeyType = '', asymmetricKeyDetails }) =>
    types.includes(asymmetricKeyType) && (asymmetricKeyDetails?.modulusLength ?? 0) >= MIN_RSA_BITS;
}

function isOnCurve(curve: string): (key: KeyObject) => boolean {
  return ({ asymmetricKeyDetails }) => asymmetricKeyDetails?.namedCurve === curve;
}

function isEd25519({ asymmetricKeyType }: KeyObject): boolean {
  return asymmetricKeyType === 'ed25519';
}
