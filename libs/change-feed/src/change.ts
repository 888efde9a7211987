import {
  CHANGE_TYPES,
  decodeSubject,
  encodeSubject,
  ENCODED_SUBJECT,
  ORDER_ID,
  type ChangeType,
  type Position,
} from '@galley/contracts';
import { isTraceparent } from '@galley/runtime';

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
  /** What only staff get, as a JSON object whose fields go into the payload of the event; absent if there is nothing. */
  staffPart?: string;
  /** The span that has appended the change, as W3C Trace Context writes it; absent if nobody traces it. Clients never get it. */
  traceparent?: string;
}

export interface PublishedChange extends Change {
  position: Position;
  /** The entry of the log, so that it can be stored without encoding it again. */
  entry: string;
}

/**
 * The version of the format of entries. Readers ignore lines that they do not know, so a line can be added within a version.
 * A reader of the next version must read this one too: then all gateways can be updated first, and the API after them.
 */
export const FORMAT = '1';

/** Between two entries. JSON contains it only escaped. */
export const ENTRY_SEPARATOR = '\u001e';

/** digest, type, orderId, encoded customerId, revision, timestamp */
const ENTRY_HEADER = new RegExp(
  [
    `^${FORMAT}`,
    '(?<digest>[0-9a-f]{16})',
    `(?<type>${CHANGE_TYPES.join('|')})`,
    `(?<orderId>${ORDER_ID.source})`,
    `(?<customer>${ENCODED_SUBJECT.source})`,
    String.raw`(?<revision>[1-9]\d{0,14})`,
    String.raw`(?<timestamp>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)$`,
  ].join(' '),
);

const PREFIX_LENGTH = `${FORMAT} `.length;
const DIGEST_LENGTH = 16;

/** Encodes a change as lines: the header, the event, the order, what only staff get, the span. None can contain a line break. */
export function encodeChange(change: Change): string {
  const { event, order = '', staffPart, traceparent } = change;
  const lines = `${headerOf(change)}\n${event}\n${order}`;
  if (traceparent !== undefined) return `${lines}\n${staffPart ?? ''}\n${traceparent}`;
  return staffPart === undefined ? lines : `${lines}\n${staffPart}`;
}

/** What the digest of a change covers. */
export const headerOf = ({ type, orderId, customerId, revision, timestamp }: Change): string =>
  `${type} ${orderId} ${encodeSubject(customerId)} ${revision} ${timestamp}`;

/** The entry of the log for an encoded change. `append.lua` does the same. */
export const toEntry = (text: string, digest: string): string => `${FORMAT} ${digest} ${text}`;

/** The digest of an entry that is known to be well-formed. */
export const digestOf = (entry: string): string => entry.slice(PREFIX_LENGTH, PREFIX_LENGTH + DIGEST_LENGTH);

/** @returns undefined if the entry is not a change in this format */
export function decodeEntry(entry: string, epoch: string, seq: number): PublishedChange | undefined {
  const [header = '', event = '', order = '', staffPart = '', traceparent] = entry.split('\n', 5);
  const fields = ENTRY_HEADER.exec(header)?.groups;
  if (!fields || !isObject(event)) return undefined;
  for (const optional of [order, staffPart]) if (optional !== '' && !isObject(optional)) return undefined;
  const { digest = '', type, orderId = '', customer = '', revision, timestamp = '' } = fields;
  const customerId = decodeSubject(customer);
  if (customerId === undefined) return undefined;
  const change: PublishedChange = {
    type: type as ChangeType,
    orderId,
    customerId,
    revision: Number(revision),
    timestamp,
    event,
    position: { epoch, seq, digest },
    entry,
  };
  if (order !== '') change.order = order;
  if (staffPart !== '') change.staffPart = staffPart;
  // A trace is no reason to lose a change.
  if (traceparent !== undefined && isTraceparent(traceparent)) change.traceparent = traceparent;
  return change;
}

/** Checks only both ends, to reject stray bytes on the channel. The writers of the feed are trusted. */
const isObject = (json: string) => json.startsWith('{"') && json.endsWith('}');
