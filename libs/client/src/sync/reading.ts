import { type OrderBook } from './order-book.js';
import { type OrderChange } from './order-change.js';
import { knowledgeOf, type Connected, type Effect, type Event, type State } from './sync-state.js';
import { type Step, type SyncContext } from './step.js';

/** How many changes are kept during a snapshot. With more, it is cheaper to begin a new snapshot later. */
const MAX_KEPT = 50_000;
const MAX_DOUBLINGS = 4;

/** @param event where the gateway stands, and whether it is live if it says so */
export function readAnew(
  state: Connected,
  event: { position?: string; live?: boolean },
  delayMs = 0,
  overflows = 0,
): State<'reading'> {
  const hasOrders = state.name === 'reading' ? state.hasOrders : knowledgeOf(state).kind !== 'nothing';
  const isFeedLive = event.live ?? (state.name === 'joining' || state.isFeedLive);
  return { name: 'reading', hasOrders, position: event.position, delayMs, kept: [], overflows, isFeedLive };
}

export function resync(
  state: Connected,
  { event: { position } }: Event<'resync'>,
  { book, spreadMs }: SyncContext,
): Step {
  if (state.name === 'reading') rememberEnds(book, state.kept);
  return { state: readAnew(state, { position }, spreadMs()) };
}

export function keep(state: State<'reading'>, { change }: Event<'change'>, { book, spreadMs }: SyncContext): Step {
  const { position } = change.event;
  const { kept, overflows } = state;
  kept.push(change);
  if (kept.length <= MAX_KEPT) return { state: { ...state, position } };
  rememberEnds(book, kept);
  const delayMs = spreadMs() * 2 ** Math.min(overflows, MAX_DOUBLINGS);
  return { state: readAnew(state, { position }, delayMs, overflows + 1) };
}

/** Replaces the book by the snapshot, then applies the kept changes. */
export function finishReading(
  { position, kept, isFeedLive }: State<'reading'>,
  { orders }: Event<'snapshotRead'>,
  { book, spreadMs }: SyncContext,
): Step {
  const live: State<'live'> = { name: 'live', position, isFeedLive };
  const effects: Effect[] = [{ type: 'tellResync', difference: book.replace(orders) }, { type: 'changed' }];
  const deleted = new Set(kept.filter(({ type }) => type === 'deleted').map(({ event }) => event.orderId));
  for (const [i, change] of kept.entries()) {
    // An order that was updated and then deleted while the pages were read may be on none of them. Nothing is missing then.
    if (deleted.has(change.event.orderId) && !book.canFollow(change)) continue;
    const outcome = book.apply(change);
    if (outcome === 'applied') effects.push({ type: 'tell', change });
    if (outcome !== 'gap') continue;
    rememberEnds(book, kept.slice(i + 1));
    return { state: readAnew(live, live, spreadMs()), effects };
  }
  return { state: live, effects };
}

/**
 * Drops kept changes because the next snapshot has them, but remembers the ends of orders: an older page may contain them.
 */
export function rememberEnds(book: OrderBook, kept: OrderChange[]): void {
  for (const change of kept.splice(0)) book.rememberEnd(change);
}
