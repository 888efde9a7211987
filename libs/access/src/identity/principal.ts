export const ROLES = ['staff', 'customer', 'tracker', 'anonymous'] as const;
/**
 * `staff`: the shop. `customer`: whoever ordered. `tracker`: the holder of a link to one order. `anonymous`: anybody, in
 * open mode only.
 */
export type Role = (typeof ROLES)[number];

/** Who asks, as far as their token says. */
export interface Principal {
  readonly role: Role;
  /** The user; of a customer the `customerId`, of a tracker its link. */
  readonly sub: string;
  /** Of a tracker: the order that it may see. */
  readonly orderId?: string;
  /** When the token was issued and when it ends, in seconds since 1970; absent for `anonymous`. */
  readonly issuedAt?: number;
  readonly expiresAt?: number;
}

export const ANONYMOUS: Principal = { role: 'anonymous', sub: 'anonymous' };

/** By which a principal is counted and known again. The same `sub` of another role is somebody else. */
export const keyOf = ({ role, sub }: Principal): string => `${role} ${sub}`;
