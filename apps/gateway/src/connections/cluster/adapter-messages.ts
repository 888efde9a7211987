import msgpack from 'notepack.io';
import { z } from 'zod';
import { announcementEvent, SIGN_OUT_MESSAGE, type AnnouncementEvent } from '@galley/contracts';

/**
 * The messages that the orders API sends with the emitter of `@socket.io/redis-adapter` 8: an announcement to every client,
 * and word of a sign-out. Nothing else has an effect: an adapter would also join, move and disconnect any socket.
 * @see https://github.com/socketio/socket.io-redis-adapter/blob/8.3.0/lib/index.ts
 */
const nothing = z.array(z.never());
const announcement = z.tuple([
  z.string(),
  z.looseObject({
    type: z.literal(2), // EVENT of socket.io-parser
    data: z.tuple([z.literal('announcement'), announcementEvent.refine(isRecent)]),
    nsp: z.literal('/'),
  }),
  z.looseObject({ rooms: nothing, except: nothing.nullish(), flags: z.record(z.string(), z.unknown()).nullish() }),
]);

const signOut = z.looseObject({
  type: z.literal(6), // SERVER_SIDE_EMIT, without a request id, so nobody waits for an answer
  requestId: z.undefined().optional(),
  data: z.tuple([z.literal(SIGN_OUT_MESSAGE)]),
});

const DAY_MS = 24 * 60 * 60 * 1_000;

/** The clocks of two machines may differ, but hardly by a day. */
function isRecent({ timestamp }: { timestamp: string }): boolean {
  return Math.abs(Date.parse(timestamp) - Date.now()) < DAY_MS;
}

/** What the orders API says with a message. */
export type AdapterMessage = { kind: 'signOut' } | { kind: 'announcement'; announcement: AnnouncementEvent };

/** @returns undefined if a message that arrived on one of the channels of the adapter is none that the orders API sends */
export function readAdapterMessage(channel: string, message: Buffer): AdapterMessage | undefined {
  const [kind = ''] = channel.split('#', 1);
  if (kind.endsWith('-request')) return signOut.safeParse(parseJson(message)).success ? { kind: 'signOut' } : undefined;
  if (kind.endsWith('-response')) return undefined; // this replica asks nothing
  const { data } = announcement.safeParse(decode(message));
  return data && { kind: 'announcement', announcement: data[1].data[1] };
}

function decode(message: Buffer): unknown {
  try {
    return msgpack.decode(message);
  } catch {
    return undefined;
  }
}

function parseJson(message: Buffer): unknown {
  try {
    return JSON.parse(message.toString());
  } catch {
    return undefined;
  }
}
