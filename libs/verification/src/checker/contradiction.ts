import { type HeardChange } from './heard-change.js';
import { mayOwn, type OrderFacts } from './order-facts.js';

/** @returns why no write can explain this change; undefined if one can */
export function contradiction(facts: OrderFacts | undefined, change: HeardChange): string | undefined {
  const { type, revision, order } = change;
  if (!facts || facts.creators.size === 0) return 'no write can have created the order';
  if ((revision === 1) !== (type === 'created')) return 'only revision 1 is the creation';
  if (type === 'deleted' && facts.deletion === 'failed') return 'no write can have deleted the order';
  const most = mostRevisions(facts) + (type === 'deleted' ? 1 : 0);
  if (revision > most) return `its writes explain at most ${most} revisions`;
  const written = facts.types.get(revision);
  if (written && written !== type) return `that revision was ${written}`;
  if (!order) return undefined;
  if (order.orderId !== change.orderId || order.revision !== revision) {
    return `its payload has ${order.orderId} revision ${order.revision}`;
  }
  return mayOwn(facts, order.customerId) ? undefined : `it was not created for ${order.customerId}`;
}

/** The highest revision that an order can have had before its deletion. */
export const mostRevisions = ({ updates }: OrderFacts): number => 1 + updates.possible;

/** The lowest revision that an order must have reached before its deletion, according to the answers to its writers. */
export function leastRevisions({ updates, types }: OrderFacts): number {
  const answered = [...types].filter(([, type]) => type !== 'deleted').map(([revision]) => revision);
  return answered.reduce((most, revision) => Math.max(most, revision), 1 + updates.certain);
}
