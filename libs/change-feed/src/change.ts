import { CHANGE_TYPES, CUSTOMER_ID, ORDER_ID, type ChangeType, type Position } from '@galley/contracts';

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
  /** The change as it travels, so that whoever keeps it need not encode it again. */
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

/** Three lines: the header, the event, the order. None of them can hold a line break of its own. */
export function encodeChange({ type, orderId, customerId, revision, timestamp, event, order }: Change): string {
  return `${type} ${orderId} ${customerId} ${revision} ${timestamp}\n${event}\n${order ?? ''}`;
}

/**
 * @param text encoded changes, a line break between any two
 * @param first the position of the first of them; the others follow it
 * @returns undefined where the text is anything else.
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

/** Checks both ends only: the feed's writers are trusted, stray bytes on its channel are not. */
const isObject = (json: string) => json.startsWith('{"') && json.endsWith('}');
