import { type Order } from '@galley/contracts';
import { type OrderBook } from './order-book.js';
import { type OrderChange } from './order-change.js';
import {
  hasOrders,
  knowledgeOf,
  readingOf,
  type Away,
  type Connected,
  type Effect,
  type Event,
  type Knowledge,
  type Reading,
  type State,
  type SyncState,
} from './sync-state.js';
import { type Step, type SyncContext } from './step.js';

/** How many changes are kept during a snapshot. With more, it is cheaper to begin a new snapshot later. */
const MAX_KEPT = 50_000;
const MAX_DOUBLINGS = 4;

/** The states in which a snapshot may be on its way. */
type Reader = State<'reading'> | State<'joining'> | Away;

/** @param event where the gateway stands, and whether it is live if it says so */
export function readAnew(
  state: Connected,
  event: { position?: string; live?: boolean },
  delayMs = 0,
  overflows = 0,
): State<'reading'> {
  return {
    name: 'reading',
    reading: { hasOrders: hasOrders(knowledgeOf(state)), position: event.position, delayMs, kept: [], overflows },
    isFeedLive: event.live ?? (state.name === 'joining' || state.isFeedLive),
  };
}

export function resync(
  state: Connected,
  { event: { position } }: Event<'resync'>,
  { book, spreadMs }: SyncContext,
): Step {
  abandon(state, book);
  return { state: readAnew(state, { position }, spreadMs()) };
}

/** Changes that arrived before the snapshot begins are in it. */
export function beginSnapshot(state: Reader, _event: Event<'snapshotBegins'>, { book }: SyncContext): Step {
  const reading = readingOf(state);
  if (!reading) return { state };
  skipAll(book, reading.kept);
  return { state, effects: [{ type: 'snapshotBegins' }] };
}

export function keep(state: State<'reading'>, { change }: Event<'change'>, { book, spreadMs }: SyncContext): Step {
  const { position } = change.event;
  const { reading } = state;
  reading.kept.push(change);
  if (reading.kept.length <= MAX_KEPT) return { state: withReading(state, { ...reading, position }) };
  abandon(state, book);
  const delayMs = spreadMs() * 2 ** Math.min(reading.overflows, MAX_DOUBLINGS);
  return { state: readAnew(state, { position }, delayMs, reading.overflows + 1) };
}

/** The same for a missed change that arrives before `ready`. */
export function keepMissed(state: State<'joining'>, { change }: Event<'change'>, { book }: SyncContext): Step {
  const reading = readingOf(state);
  if (!reading) {
    book.skip(change); // a snapshot follows `ready`
    return { state };
  }
  reading.kept.push(change);
  if (reading.kept.length > MAX_KEPT) return { state: { ...state, knowledge: abandon(state, book) } };
  return { state: withReading(state, { ...reading, position: change.event.position }) };
}

/** Replaces the book by the snapshot, then applies the kept changes. */
export function finishReading(
  { reading: { position, kept }, isFeedLive }: State<'reading'>,
  { orders }: Event<'snapshotRead'>,
  { book, spreadMs }: SyncContext,
): Step {
  const live: State<'live'> = { name: 'live', position, isFeedLive };
  const { isComplete, effects } = putSnapshot(book, orders, kept);
  return { state: isComplete ? live : readAnew(live, live, spreadMs()), effects };
}

/** The same while there is no connection that is ready. */
export function finishArriving(
  state: Exclude<Reader, State<'reading'>>,
  { orders }: Event<'snapshotRead'>,
  { book }: SyncContext,
): Step {
  const reading = readingOf(state);
  if (!reading) return { state };
  const { isComplete, effects } = putSnapshot(book, orders, reading.kept);
  const knowledge: Knowledge = isComplete ? { kind: 'current', position: reading.position } : { kind: 'outdated' };
  return { state: { ...state, knowledge }, effects };
}

/** @returns `isComplete`: no kept change was missing */
function putSnapshot(
  book: OrderBook,
  orders: readonly Order[],
  kept: OrderChange[],
): { isComplete: boolean; effects: Effect[] } {
  const effects: Effect[] = [{ type: 'resync', difference: book.replace(orders) }, { type: 'changed' }];
  const deleted = new Set(kept.filter(({ type }) => type === 'deleted').map(({ event }) => event.orderId));
  for (const [i, change] of kept.entries()) {
    // An order that was updated and then deleted while the pages were read may be on none of them. Nothing is missing then.
    if (deleted.has(change.event.orderId) && !book.canFollow(change)) continue;
    const outcome = book.apply(change);
    if (outcome === 'applied') effects.push({ type: 'change', change });
    if (outcome !== 'gap') continue;
    skipAll(book, kept.slice(i));
    return { isComplete: false, effects };
  }
  return { isComplete: true, effects };
}

/** Gives up the snapshot that is on its way, if one is. @returns how good the book is then */
export function abandon(state: SyncState, book: OrderBook): Knowledge {
  const reading = readingOf(state);
  if (!reading) return knowledgeOf(state);
  skipAll(book, reading.kept);
  return { kind: reading.hasOrders ? 'outdated' : 'nothing' };
}

const withReading = (state: Reader, reading: Reading): Reader =>
  state.name === 'reading' ? { ...state, reading } : { ...state, knowledge: { kind: 'arriving', reading } };

/** Drops kept changes, because the next snapshot has them. */
function skipAll(book: OrderBook, kept: OrderChange[]): void {
  for (const change of kept.splice(0)) book.skip(change);
}
