import { z } from 'zod';
import { subject } from './subject.js';

/**
 * The roles that an issuer gives. `staff`: the shop. `customer`: a person who orders. `screen`: a screen on a wall, which shows
 * all orders, and changes none.
 */
export const USER_ROLES = ['staff', 'customer', 'screen'] as const;
export type UserRole = (typeof USER_ROLES)[number];

/** The roles that have tokens. `tracker`: the holder of a link to one order, which the orders API makes. */
export const TOKEN_ROLES = [...USER_ROLES, 'tracker'] as const;
export type TokenRole = (typeof TOKEN_ROLES)[number];

/** Who made a change: a user, anybody in open mode (`anonymous`), or the orders API itself (`system`). */
export const actor = z.union([
  z.strictObject({
    /** The role of the user. */
    role: z.enum(TOKEN_ROLES),
    /** The `sub` of the user's token. */
    sub: subject,
  }),
  z.strictObject({
    /** `anonymous` in open mode, `system` for what Galley does by itself. */
    role: z.enum(['anonymous', 'system']),
  }),
]);
export type Actor = z.infer<typeof actor>;
