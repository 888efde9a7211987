import { ORDER_STATUSES, type OrderCounts } from '@galley/contracts';

/**
 * The answer of a count.
 * @param found how many orders were found with each status; others than ours are of damaged orders, and do not count
 * @param isComplete whether all orders were examined
 */
export function countsOf(found: ReadonlyMap<string, number>, isComplete: boolean): OrderCounts {
  const counts = ORDER_STATUSES.map((status) => [status, found.get(status) ?? 0] as const);
  return {
    counts: Object.fromEntries(counts) as OrderCounts['counts'],
    total: counts.reduce((sum, [, count]) => sum + count, 0),
    isComplete,
  };
}
