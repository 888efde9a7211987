import { z } from 'zod';
import { instant } from './order.js';
import { position } from './position.js';
import { joinRequest } from './rooms.js';

/** `auth` of a connection. All of it is optional: a plain Socket.IO client sends nothing. */
export const connectAuth = z.object({
  /** Who connects, as a JWT. Needed unless the gateway is open to everybody. */
  token: z.unknown().optional(),
  /** The last position that the client knows of; what it has missed since is sent before anything else. */
  position: position.optional(),
  /** What it follows, as in `joinRoom`; absent: all orders that it may see. */
  rooms: z.array(joinRequest).optional(),
  /** Whether it wants to hear `feed`. */
  feed: z.boolean().optional(),
});
export type ConnectAuth = z.infer<typeof connectAuth>;

/** Sent once a connection, after what it had missed and before any other change. */
export const readyEvent = z.strictObject({
  /** Where the feed stands for this client: all changes up to here are told. Absent where there never was one. */
  position: position.optional(),
  /** Whether continuity was kept since the position that the client gave; if not, fetch the orders anew. */
  recovered: z.boolean(),
  /** Changes that were sent again. */
  replayed: z.int().min(0),
  /** The name of the replica. */
  gateway: z.string(),
  /** Milliseconds between two `feed` events, for clients that asked for them. */
  heartbeatMs: z.int().min(1),
});
export type ReadyEvent = z.infer<typeof readyEvent>;

export const resyncReason = z.enum([
  /** The feed lost its data and has started a new epoch. */
  'new-epoch',
  /** What is missing is older than what the feed keeps. */
  'trimmed',
]);

/** Changes are missing and will not come any more: fetch the orders anew. */
export const resyncEvent = z.strictObject({ position: position.optional(), reason: resyncReason });
export type ResyncEvent = z.infer<typeof resyncEvent>;

/** Sent every so often to the clients that asked for it: all changes up to here are told. */
export const feedEvent = z.strictObject({ position });
export type FeedEvent = z.infer<typeof feedEvent>;

/** Sent some time before the token of a connection ends; at its end the gateway closes the connection. */
export const tokenExpiringEvent = z.strictObject({ expiresAt: instant });
export type TokenExpiringEvent = z.infer<typeof tokenExpiringEvent>;

/** The longest token, in characters; one of ours has a few hundred. */
export const MAX_TOKEN_LENGTH = 4_096;

export const DAY_SECONDS = 24 * 60 * 60;

/** The longest life of a token or a tracking link; a sign-out is remembered for as long, so that it outlives them all. */
export const MAX_TOKEN_LIFETIME_SECONDS = 90 * DAY_SECONDS;

/** `refreshToken`: a new token for the same user. */
export const refreshToken = z.strictObject({ token: z.string().max(MAX_TOKEN_LENGTH) });
export type RefreshToken = z.infer<typeof refreshToken>;

/** The answer to `refreshToken`: when the new token ends. */
export const tokenRefreshed = z.strictObject({ expiresAt: instant });
export type TokenRefreshed = z.infer<typeof tokenRefreshed>;

/**
 * What the orders API tells the gateways, through the adapter, when a user is signed out; with it go the `sub` and when, in
 * milliseconds since 1970.
 */
export const SIGN_OUT_MESSAGE = 'signOut';
