import { TOKEN_ROLES, type Actor, type TokenRole } from '@galley/contracts';

export const ROLES = [...TOKEN_ROLES, 'anonymous'] as const;
/** `anonymous`: everybody, in open mode only. */
export type Role = TokenRole | 'anonymous';

/** Who makes a request, according to their token. */
export interface Principal {
  readonly role: Role;
  /** The user: for a customer the `customerId`, for a tracker the id of the link. */
  readonly sub: string;
  /** The one order that a tracker may see; absent for other roles. */
  readonly orderId?: string;
  /** When the token was issued and when it expires, in seconds since 1970; absent for `anonymous`. */
  readonly issuedAt?: number;
  readonly expiresAt?: number;
}

export const ANONYMOUS: Principal = { role: 'anonymous', sub: 'anonymous' };

/** A principal as the one who made a change. */
export const actorOf = ({ role, sub }: Principal): Actor => (role === 'anonymous' ? { role } : { role, sub });

/** Identifies a principal. The same `sub` with another role is somebody else. */
export const keyOf = ({ role, sub }: Principal): string => `${role} ${sub}`;
