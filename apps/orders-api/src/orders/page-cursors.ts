import { z } from 'zod';
import { instant, invalidRequest, orderId, type Order } from '@galley/contracts';

const key = z.tuple([instant, orderId]);

/** Encodes "after this order" as an opaque text. */
export const encodeCursor = ({ dateIssued, orderId: id }: Pick<Order, 'dateIssued' | 'orderId'>): string =>
  Buffer.from(JSON.stringify([dateIssued, id])).toString('base64url');

/** @throws GalleyError `invalid_request` if we did not make this cursor */
export function decodeCursor(cursor: string): { dateIssued: string; orderId: string } {
  const [dateIssued, id] = key.safeParse(parseJson(Buffer.from(cursor, 'base64url').toString())).data ?? [];
  if (dateIssued === undefined || id === undefined) {
    throw invalidRequest([{ path: ['cursor'], message: 'is not the nextCursor of a list' }]);
  }
  return { dateIssued, orderId: id };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
