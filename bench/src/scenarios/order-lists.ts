import { type ListKey } from '@galley/contracts';
import { newOrderId } from '@galley/orders-api/orders/order-id';
import { InMemoryOrdersRepository } from '@galley/orders-api/store/in-memory-orders.repository';
import { type OrderFilter } from '@galley/orders-api/store/lists/order-filter';
import { place, type OrderCommit } from '@galley/orders-api/store/order-commit';
import { type Figure, type LoadContext } from '../load/context.js';
import { measureUsage } from '../load/usage.js';

const COUNT = { full: 200_000, quick: 20_000 };
const CUSTOMERS = 100;
const TITLES = ['Annual report', 'Flyers', 'Business cards', 'Posters', 'Wedding invitations'];
/** One of so many orders is open. */
const OPEN_OF = 200;
const PAGE = 200;
/** So many pages are read of each list, which is begun again where it ends. */
const PAGES = 1_000;
const FIRST_MS = Date.UTC(2026, 0, 1);

interface List {
  row: string;
  filter: OrderFilter;
  /** One of so many orders is in it. */
  oneOf: number;
}

/** The last one has no index: its pages end once they have examined 5,000 orders. */
const LISTS: List[] = [
  { row: 'list-200k', filter: {}, oneOf: 1 },
  { row: 'list-200k-customer', filter: { customerId: 'customer-7' }, oneOf: CUSTOMERS },
  { row: 'list-200k-status', filter: { statuses: ['In Printing'] }, oneOf: OPEN_OF },
  { row: 'list-200k-open', filter: { open: true }, oneOf: OPEN_OF },
  { row: 'list-200k-words', filter: { words: ['wedd', 'customer'] }, oneOf: TITLES.length },
  { row: 'list-200k-due', filter: { dueBefore: new Date(FIRST_MS) }, oneOf: Infinity },
];

/** Pages of 200 orders from the store in memory, which this process holds itself: without HTTP, tokens and JSON. */
export async function orderLists({ quick }: LoadContext): Promise<Figure[]> {
  const count = quick ? COUNT.quick : COUNT.full;
  const orders = new InMemoryOrdersRepository();
  const bytesBefore = heapBytes();
  for (let i = 0; i < count; i++) {
    const commit = commitOf(i);
    const { orderId, revision } = commit.order;
    await orders.insert(commit);
    await orders.markPublished([{ orderId, revision, timestamp: commit.entry.timestamp }]);
  }
  const bytes = (heapBytes() - bytesBefore) / count;
  const figures: Figure[] = [];
  for (const { row, filter, oneOf } of LISTS) {
    await readPages(orders, filter); // warm
    const { usage, listed } = await readPages(orders, filter);
    figures.push({
      ...{ name: row, unit: 'µs a page', better: 'lower', value: (usage.seconds * 1_000_000) / PAGES },
      usage,
      valid: listed.length > 0 && listed.every((found) => found === Math.floor(count / oneOf)),
      ...(row === 'list-200k' && { detail: `${Math.round(bytes)} bytes an order` }),
    });
  }
  return figures;
}

/** Reads a list again and again. */
async function readPages(orders: InMemoryOrdersRepository, filter: OrderFilter) {
  /** How many orders each reading of the whole list found. */
  const listed: number[] = [];
  let found = 0;
  let after: ListKey | undefined;
  const measured = measureUsage({});
  for (let page = 0; page < PAGES; page++) {
    const { orders: some, next } = await orders.list({ ...filter, after, limit: PAGE });
    found += some.length;
    after = next;
    if (next) continue;
    listed.push(found);
    found = 0;
  }
  return { usage: measured(), listed };
}

/** The order number `i`, as it was placed or closed. Each is a minute after the one before. */
export function commitOf(i: number): OrderCommit {
  const placedAt = new Date(FIRST_MS + i * 60_000).toISOString();
  const isOpen = i % OPEN_OF === 0;
  const { order, entry } = place(
    {
      ...{ customerId: `customer-${i % CUSTOMERS}`, title: `${TITLES[i % TITLES.length] ?? ''} ${i}`, quantity: 500 },
      ...{ status: isOpen ? 'In Printing' : 'Delivery', estimatedDate: placedAt.slice(0, 10) },
    },
    newOrderId(),
    placedAt,
  );
  return isOpen
    ? { order, entry }
    : { order: { ...order, closedAt: placedAt }, entry: { ...entry, closedAt: placedAt } };
}

function heapBytes(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}
