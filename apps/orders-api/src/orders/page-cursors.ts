import { z } from 'zod';
import { instant, invalidRequest, orderId, revision } from '@galley/contracts';

/** A place in a list as an opaque text, for clients to send back. */
const cursorOf = <T>(schema: z.ZodType<T>, list: string) => ({
  encode,

  /** @throws GalleyError `invalid_request` if we did not make this cursor */
  decode(cursor: string): T {
    const { data } = schema.safeParse(parseJson(Buffer.from(cursor, 'base64url').toString()));
    // Decoding ignores stray characters, so compare.
    if (data !== undefined && encode(data) === cursor) return data;
    throw invalidRequest([{ path: ['cursor'], message: `is not the nextCursor of ${list}` }]);
  },
});

/** `[dateIssued, orderId]` of the last order of a page of the list. */
export const listCursor = cursorOf(z.tuple([instant, orderId]), 'a list');

/** `[order, revision]` of the last entry of a page of a history. */
export const historyCursors = {
  oldest: cursorOf(z.tuple([z.literal('oldest'), revision]), 'a history that begins with the oldest entry'),
  newest: cursorOf(z.tuple([z.literal('newest'), revision]), 'a history that begins with the newest entry'),
};

function encode(place: unknown): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
