import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { publicKey, publicKeyOfJwk, type VerifyingKey } from './verifying-keys.js';

const PEM_BLOCK = /-----BEGIN ([A-Z ]+)-----[\s\S]+?-----END \1-----/g;
const webKeySet = z.object({ keys: z.array(z.unknown()) });

/** Two, so that one can take the place of the other. Each is tried for each token. */
const MAX_KEYS = 2;

/**
 * Reads public keys from PEM, one after the other, or from the JSON of a JSON Web Key Set.
 * @throws Error that says what is wrong, without any part of the text
 */
export function readPublicKeys(text: string): readonly VerifyingKey[] {
  const keys = text.startsWith('{') ? readWebKeys(text) : readPems(text);
  if (keys.length === 0 || keys.length > MAX_KEYS) {
    throw new Error('must be one or two public keys, in PEM or as a JSON Web Key Set');
  }
  return keys;
}

/**
 * Reads a private key from PEM.
 * @throws Error that says what is wrong, without any part of the text
 */
export function readPrivateKey(text: string): KeyObject {
  const key = attempt(() => createPrivateKey(text), 'must be a private key in PEM, without a password');
  publicKey(createPublicKey(key)); // throws if it is of no use
  return key;
}

function readPems(text: string): VerifyingKey[] {
  return [...text.matchAll(PEM_BLOCK)].map(([pem, label = '']) => {
    // Node would make a public key of it, and a process that only verifies would hold what signs.
    if (label.includes('PRIVATE')) throw new Error('must not contain a private key');
    return publicKey(attempt(() => createPublicKey(pem), 'has PEM that is not a public key'));
  });
}

function readWebKeys(text: string): VerifyingKey[] {
  const { keys } = attempt(() => webKeySet.parse(JSON.parse(text)), 'is not a JSON Web Key Set');
  return keys.map(publicKeyOfJwk);
}

function attempt<T>(make: () => T, problem: string): T {
  try {
    return make();
  } catch {
    throw new Error(problem);
  }
}
