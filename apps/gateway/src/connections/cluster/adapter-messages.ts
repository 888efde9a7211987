import msgpack from 'notepack.io';
import { z } from 'zod';
import { SIGN_OUT_MESSAGE } from '@galley/contracts';

/**
 * The messages that the replicas and the emitter of `@socket.io/redis-adapter` 8 send each other. The adapter does not
 * check them, and nobody catches what it throws: one malformed message would end every subscribed process.
 * @see https://github.com/socketio/socket.io-redis-adapter/blob/8.3.0/lib/index.ts
 */
const names = z.array(z.string());
const flags = z.record(z.string(), z.unknown()).nullish();
const options = z.looseObject({ rooms: names, except: names.nullish(), flags });
const packet = z.looseObject({
  type: z.literal([2, 5]), // EVENT and BINARY_EVENT of socket.io-parser
  data: z.tuple([z.string()], z.unknown()),
  nsp: z.string().optional(),
});

const broadcast = z.tuple([z.string(), packet, options]);

const oneOrMany = { opts: options.optional(), sid: z.string().optional() };
/** The kinds of request that we use, out of eight: to join, leave and disconnect on every replica, and to sign out. */
const request = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal(2), ...oneOrMany, rooms: names.optional(), room: z.string().optional() }),
  z.looseObject({ type: z.literal(3), ...oneOrMany, rooms: names.optional(), room: z.string().optional() }),
  z.looseObject({ type: z.literal(4), ...oneOrMany, close: z.boolean().optional() }),
  z.looseObject({
    type: z.literal(6), // without a request id, so nobody waits for an answer
    requestId: z.undefined().optional(),
    data: z.tuple([z.literal(SIGN_OUT_MESSAGE), z.string(), z.number()]),
  }),
]);

const response = z.looseObject({ requestId: z.string().max(64) });

/** Whether the adapter can handle a message that arrived on one of its channels. */
export function isAdapterMessage(channel: string, message: Buffer): boolean {
  const [kind = ''] = channel.split('#', 1);
  if (kind.endsWith('-request')) return request.safeParse(decodeAny(message)).success;
  if (kind.endsWith('-response')) return response.safeParse(decodeAny(message)).success;
  return broadcast.safeParse(decode(message)).success;
}

function decodeAny(message: Buffer): unknown {
  return message[0] === 0x7b ? parseJson(message) : decode(message);
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
