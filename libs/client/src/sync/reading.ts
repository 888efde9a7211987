import { type Order } from '@galley/contracts';
import { type OrderBook } from './order-book.js';
import { type OrderChange } from './order-change.js';
import {
  hasOrders,
  readingOf,
  type Away,
  type Connected,
  type Current,
  type Effect,
  type Event,
  type Knowledge,
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
  const reading = { hasOrders: hasOrders(state.knowledge), position: event.position, delayMs, kept: [], overflows };
  return {
    name: 'reading',
    knowledge: { kind: 'arriving', reading },
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

/** Keeps a change until the snapshot has been read. */
export function keep(
  state: State<'reading' | 'joining'>,
  { change }: Event<'change'>,
  { book, spreadMs }: SyncContext,
): Step {
  const reading = readingOf(state);
  if (!reading) {
    book.skip(change); // a snapshot follows `ready`
    return { state };
  }
  const { position } = change.event;
  reading.kept.push(change);
  if (reading.kept.length <= MAX_KEPT) {
    return { state: { ...state, knowledge: { kind: 'arriving', reading: { ...reading, position } } } };
  }
  const knowledge = abandon(state, book);
  if (state.name === 'joining') return { state: { ...state, knowledge } };
  const delayMs = spreadMs() * 2 ** Math.min(reading.overflows, MAX_DOUBLINGS);
  return { state: readAnew(state, { position }, delayMs, reading.overflows + 1) };
}

/** Replaces the book by the snapshot, then applies the kept changes. */
export function finish(state: Reader, { orders }: Event<'snapshotRead'>, { book, spreadMs }: SyncContext): Step {
  const reading = readingOf(state);
  if (!reading) return { state };
  const { position, kept } = reading;
  const { isComplete, effects } = putSnapshot(book, orders, kept);
  const knowledge: Current = { kind: 'current', position };
  if (state.name === 'reading') {
    const live = { ...state, name: 'live', knowledge } as const;
    return { state: isComplete ? live : readAnew(live, { position }, spreadMs()), effects };
  }
  return { state: { ...state, knowledge: isComplete ? knowledge : { kind: 'outdated' } }, effects };
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
  if (!reading) return state.knowledge;
  skipAll(book, reading.kept);
  return { kind: reading.hasOrders ? 'outdated' : 'nothing' };
}

/** Drops kept changes, because the next snapshot has them. */
function skipAll(book: OrderBook, kept: OrderChange[]): void {
  for (const change of kept.splice(0)) book.skip(change);
}
