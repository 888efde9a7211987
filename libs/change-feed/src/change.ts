import { z } from 'zod';
import { changeType, customerId, instant, orderId, type ChangeType, type Position } from '#contracts';

/**
 * One committed change of one order, as it travels. The header tells whom it concerns; the payloads are final JSON, so
 * that whoever forwards a change need not parse it.
 */
export interface Change {
  type: ChangeType;
  orderId: string;
  customerId: string;
  /** 1, 2, 3 ... of this order. */
  revision: number;
  /** When it was committed, ISO 8601. */
  timestamp: string;
  /** JSON of the event's payload, an object, without `position` and `order`. */
  event: string;
  /** JSON of the order right after the change; absent from a deletion. */
  order?: string;
}

export interface PublishedChange extends Change {
  position: Position;
}

const changeHeader = z.object({ type: changeType, orderId, customerId, timestamp: instant });

const HEADER = /^(\S+) (\S+) (\S+) ([1-9]\d{0,14}) (\S+)$/;

/** Three lines: the header, the event, the order. None of them can hold a line break of its own. */
export function encodeChange({ type, orderId, customerId, revision, timestamp, event, order }: Change): string {
  return `${type} ${orderId} ${customerId} ${revision} ${timestamp}\n${event}\n${order ?? ''}`;
}

/** @returns undefined where the text is not an encoded change. */
export function decodeChange(text: string, position: Position): PublishedChange | undefined {
  const lines = text.split('\n');
  const [header = '', event = '', order = ''] = lines;
  const [, type, id, customer, revision, timestamp] = HEADER.exec(header) ?? [];
  if (lines.length !== 3 || !isObject(event) || (order !== '' && !isObject(order))) return undefined;
  const parsed = changeHeader.safeParse({ type, orderId: id, customerId: customer, timestamp });
  if (!parsed.success) return undefined;
  return { ...parsed.data, revision: Number(revision), event, ...(order !== '' && { order }), position };
}

/** A look at both ends only: the feed's writers are trusted, stray bytes on its channel are not. */
const isObject = (json: string) => json.startsWith('{"') && json.endsWith('}');
