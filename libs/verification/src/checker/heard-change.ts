import { parsePosition, type ChangeType, type Order, type Position } from '@galley/contracts';
import { type ChangeEntry, type ChangeEvent } from './run.js';

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

/** @throws where the position is not `<epoch>:<seq>`: what was logged came from no gateway. */
export function heardChange({ event, orderId, revision, position, order }: ChangeEntry): HeardChange {
  return { ...positionOf(position), event, type: TYPE_OF[event], orderId, revision, ...(order && { order }) };
}

/** @throws where the text is no position. */
export function positionOf(text: string): Position {
  const position = parsePosition(text);
  if (!position) throw new TypeError(`"${text}" is not a position`);
  return position;
}

/** For people: `job-1 revision 3 (orderUpdated at ab12:7)`. */
export const describeChange = ({ event, orderId, revision, epoch, seq }: HeardChange): string =>
  `${orderId} revision ${revision} (${event} at ${epoch}:${seq})`;
