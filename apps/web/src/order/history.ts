import { type HistoryEntry, type OrderStatus } from '@galley/client';

/** The content fields that are shown with what they were. */
const SHOWN_FIELDS = ['title', 'quantity', 'estimatedDate'] as const;
type ShownField = (typeof SHOWN_FIELDS)[number];

/** One thing that a change has done to an order. */
export type Step =
  | { what: 'placed' }
  | { what: 'moved'; to: OrderStatus }
  | { what: 'changed'; field: ShownField; from: HistoryEntry[ShownField]; to: HistoryEntry[ShownField] }
  | { what: 'marked rush' }
  | { what: 'unmarked rush' }
  | { what: 'closed' }
  | { what: 'reopened' }
  | { what: 'wrote' }
  | { what: 'noted' };

/**
 * What a change has done, the most important thing first. A change that only carries a text is that text.
 * @param before the change before it; absent for the first one
 */
export function stepsOf(entry: HistoryEntry, before: HistoryEntry | undefined): Step[] {
  const steps: Step[] = [];
  if (entry.type === 'created' || !before) {
    steps.push({ what: 'placed' });
  } else {
    if (entry.status !== before.status) steps.push({ what: 'moved', to: entry.status });
    if (entry.closedAt !== before.closedAt) {
      steps.push({ what: entry.closedAt === undefined ? 'reopened' : 'closed' });
    }
    if ((entry.rush ?? false) !== (before.rush ?? false)) {
      steps.push({ what: entry.rush ? 'marked rush' : 'unmarked rush' });
    }
    for (const field of SHOWN_FIELDS) {
      const [from, to] = [before[field], entry[field]];
      if (from !== to) steps.push({ what: 'changed', field, from, to });
    }
  }
  if (steps.length > 0) return steps;
  return [{ what: entry.message === undefined ? 'noted' : 'wrote' }];
}

/**
 * When an order came to the stage that it has, ISO 8601, as far as these entries tell.
 * @param entries newest first
 */
export function inStageSince(entries: readonly HistoryEntry[]): string | undefined {
  const [newest] = entries;
  if (!newest) return undefined;
  const index = entries.findIndex(({ status }) => status !== newest.status);
  return entries.at(index === -1 ? -1 : index - 1)?.timestamp;
}
