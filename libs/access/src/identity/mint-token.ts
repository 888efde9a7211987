import { type UserRole } from '@galley/contracts';
import { DEFAULT_ISSUER } from './auth-options.js';
import { signToken, type SigningKey } from './signing-key.js';

export type TokenRequest = SigningKey & {
  role: UserRole;
  sub: string;
  /** Seconds until the token expires. */
  expiresIn: number;
  issuer?: string;
  audience?: string;
};

/** Makes a user's token, as an identity service would. */
export async function mintToken({
  role,
  sub,
  expiresIn,
  issuer = DEFAULT_ISSUER,
  audience = DEFAULT_ISSUER,
  ...key
}: TokenRequest): Promise<string> {
  const { token } = await signToken(key, { claims: { role }, sub, issuer, audience, expiresIn });
  return token;
}
