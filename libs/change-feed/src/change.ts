import { CHANGE_TYPES, CUSTOMER_ID, ORDER_ID, type ChangeType, type Position } from '@galley/contracts';

/**
 * One committed change of one order, as the feed carries it. The header decides who gets it. The payloads are final JSON,
 * so that a gateway can forward a change without parsing it.
 */
export interface Change {
  type: ChangeType;
  orderId: string;
  customerId: string;
  /** Counts the changes of this order: 1, 2, 3 ... */
  revision: number;
  /** When the change was committed, ISO 8601. */
  timestamp: string;
  /** The payload of the event as a JSON object, without `position` and `order`. */
  event: string;
  /** The order right after the change, as JSON; absent from a deletion. */
  order?: string;
}

export interface PublishedChange extends Change {
  position: Position;
  /** The encoded change, so that it can be stored without encoding it again. */
  text: string;
}

/** type, orderId, customerId, revision, timestamp */
const HEADER = new RegExp(
  [
    `^(?<type>${CHANGE_TYPES.join('|')})`,
    `(?<orderId>${ORDER_ID.source})`,
    `(?<customerId>${CUSTOMER_ID.source})`,
    String.raw`(?<revision>[1-9]\d{0,14})`,
    String.raw`(?<timestamp>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)$`,
  ].join(' '),
);

const LINES = 3;

/** Encodes a change as three lines: the header, the event, the order. None of them can contain a line break. */
export function encodeChange({ type, orderId, customerId, revision, timestamp, event, order }: Change): string {
  return `${type} ${orderId} ${customerId} ${revision} ${timestamp}\n${event}\n${order ?? ''}`;
}

/**
 * @param text encoded changes, a line break between any two
 * @param first the position of the first of them; the others follow it
 * @returns undefined if the text is anything else
 */
export function decodeChanges(text: string, { epoch, seq }: Position): PublishedChange[] | undefined {
  const lines = text.split('\n');
  if (lines.length % LINES !== 0) return undefined;
  const changes: PublishedChange[] = [];
  let start = 0;
  for (let i = 0; i < lines.length; i += LINES) {
    const [header = '', event = '', order = ''] = lines.slice(i, i + LINES);
    const fields = HEADER.exec(header)?.groups;
    if (!fields || !isObject(event) || (order !== '' && !isObject(order))) return undefined;
    const { type, orderId = '', customerId = '', revision, timestamp = '' } = fields;
    const end = start + header.length + event.length + order.length + LINES - 1;
    const change = {
      type: type as ChangeType,
      orderId,
      customerId,
      revision: Number(revision),
      timestamp,
      event,
      position: { epoch, seq: seq + changes.length },
      text: text.slice(start, end),
    };
    changes.push(order === '' ? change : { ...change, order });
    start = end + 1;
  }
  return changes;
}

/** Checks only both ends, to reject stray bytes on the channel. The writers of the feed are trusted. */
const isObject = (json: string) => json.startsWith('{"') && json.endsWith('}');
