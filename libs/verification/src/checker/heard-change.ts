import { parsePosition, type ChangeType, type Order, type Position } from '@galley/contracts';
import { type ChangeRecord, type ChangeEvent } from './run.js';

/** One event of a change, as a client got it. */
export interface HeardChange extends Position {
  event: ChangeEvent;
  type: ChangeType;
  orderId: string;
  revision: number;
  order?: Order;
}

const TYPE_OF: Record<ChangeEvent, ChangeType> = {
  orderCreated: 'created',
  orderUpdated: 'updated',
  update: 'updated',
  orderDeleted: 'deleted',
};

/** @throws TypeError if the position has not the form of ours: then the record does not come from a gateway */
export function heardChange({ event, orderId, revision, position, order }: ChangeRecord): HeardChange {
  return { ...positionOf(position), event, type: TYPE_OF[event], orderId, revision, ...(order && { order }) };
}

/** @throws TypeError if the text is no position */
export function positionOf(text: string): Position {
  const position = parsePosition(text);
  if (!position) throw new TypeError(`"${text}" is not a position`);
  return position;
}

/** A text for people: `job-1 revision 3 (orderUpdated at ab12:7)`. */
export const describeChange = ({ event, orderId, revision, epoch, seq }: HeardChange): string =>
  `${orderId} revision ${revision} (${event} at ${epoch}:${seq})`;
