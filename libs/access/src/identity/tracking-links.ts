import { randomUUID } from 'node:crypto';
import { type AuthOptions } from './auth-options.js';
import { signToken, type SigningKey } from './signing-key.js';

/** The `typ` of a tracking link's token. It keeps tracking links and user tokens from being used as each other. */
export const LINK_TYPE = 'galley-link+jwt';
export const LINK_ISSUER = 'galley-link';

export interface TrackingToken {
  token: string;
  /** The id of the link. Signing it out ends the link. */
  sub: string;
  /** Seconds since 1970. */
  expiresAt: number;
}

/** Signs the tokens of tracking links. Each one shows one order for a limited time. */
export class TrackingLinks {
  private readonly audience: string;

  constructor(
    private readonly key: SigningKey,
    auth: AuthOptions,
  ) {
    this.audience = auth.mode === 'open' ? 'open' : auth.audience;
  }

  async sign(orderId: string, lifetimeSeconds: number): Promise<TrackingToken> {
    const sub = `link:${randomUUID()}`;
    const content = { claims: { orderId }, type: LINK_TYPE, sub, issuer: LINK_ISSUER, audience: this.audience };
    return { ...(await signToken(this.key, { ...content, expiresIn: lifetimeSeconds })), sub };
  }
}
