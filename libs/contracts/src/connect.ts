import { z } from 'zod';
import { acceptedAck } from './ack.js';
import { instant } from './order.js';
import { position } from './position.js';
import { joinRequest } from './rooms.js';

/** `auth` of a connection. All of it is optional: a plain Socket.IO client sends nothing. */
export const connectAuth = z.object({
  /** The user's JWT. Required unless the gateway is in open mode. */
  token: z.unknown().meta({ type: 'string' }).optional(),
  /** The last position that the client knows. The changes since then are sent before anything else. */
  position: position.optional(),
  /** The rooms to join, as in `joinRoom`; if absent, all orders that the client may see. */
  rooms: z.array(joinRequest).optional(),
  /** Whether to send `feed` events. */
  feed: z.boolean().optional(),
});
export type ConnectAuth = z.infer<typeof connectAuth>;

const liveness = {
  /** Whether the gateway gets every change now. If not, changes are missing until later. Nothing is lost. */
  live: z.boolean(),
  /** The time since when it does not. Absent if it does. */
  since: instant.optional(),
};

/** Sent once on each connection: after the changes that the client missed, before any other change. */
export const readyEvent = z.strictObject({
  /** The client has been sent all changes up to this position. Absent if there never was a change. */
  position: position.optional(),
  /** Whether the client was sent every change since its position. If not, it must fetch the orders again. */
  recovered: z.boolean(),
  /** How many missed changes were sent. */
  replayed: z.int().min(0),
  /** The name of the replica. */
  gateway: z.string(),
  /** Milliseconds between two `feed` events, for clients that asked for them. */
  heartbeatMs: z.int().min(1),
  ...liveness,
});
export type ReadyEvent = z.infer<typeof readyEvent>;

/**
 * `new-epoch`: the feed has lost changes, and goes on with another history. `trimmed`: the missing changes are older than the
 * history that the feed keeps.
 */
export const resyncReason = z.enum(['new-epoch', 'trimmed']);

/** Changes are missing and will never be sent. The client must fetch the orders again. */
export const resyncEvent = z.strictObject({
  /** From here on the client is sent all changes. Absent if there never was a change. */
  position: position.optional(),
  /** Why the changes cannot be sent. */
  reason: resyncReason,
});
export type ResyncEvent = z.infer<typeof resyncEvent>;

/** Sent regularly, and whenever `live` changes, to the clients that asked for it. */
export const feedEvent = z.strictObject({
  /** The client has been sent all changes up to this position. Absent if there never was a change. */
  position: position.optional(),
  ...liveness,
});
export type FeedEvent = z.infer<typeof feedEvent>;

/** Sent some time before the token of a connection expires. When it expires, the gateway closes the connection. */
export const tokenExpiringEvent = z.strictObject({
  /** When the token ends. */
  expiresAt: instant,
});
export type TokenExpiringEvent = z.infer<typeof tokenExpiringEvent>;

/** The longest token, in characters. Our own have a few hundred. */
export const MAX_TOKEN_LENGTH = 4_096;

export const DAY_SECONDS = 24 * 60 * 60;

/**
 * The longest lifetime of a token or a tracking link. Sign-outs are remembered for as long, so that they outlive all
 * tokens.
 */
export const MAX_TOKEN_LIFETIME_SECONDS = 90 * DAY_SECONDS;

/** `refreshToken`: a new token for the same user. */
export const refreshToken = z.strictObject({
  /** A new JWT of the same user. */
  token: z.string().max(MAX_TOKEN_LENGTH),
});
export type RefreshToken = z.infer<typeof refreshToken>;

/** The answer to `refreshToken`: when the new token expires. */
export const tokenRefreshed = z.strictObject({
  /** When the new token ends. */
  expiresAt: instant,
});
export type TokenRefreshed = z.infer<typeof tokenRefreshed>;

/** `refreshToken` was accepted. */
export const renewedAck = acceptedAck(tokenRefreshed);

/**
 * The message that the orders API sends to the gateways, through the adapter, when a user was signed out. It has no
 * arguments: the gateways read the sign-out where only the API can write.
 */
export const SIGN_OUT_MESSAGE = 'signOut';
