import { type HistoryEntry, type Order, type OrderHistory, type Problem } from '@galley/client/read';
import { type GivenLink } from './given-link.js';

/** A request without an answer fails after this time. */
const TIMEOUT_MS = 15_000;

/** Why a link shows nothing, and never will again. */
export type End = 'gone' | 'expired' | 'ended' | 'unknown';

/** An order, and its changes, oldest first. */
export interface KnownOrder {
  order: Order;
  history: readonly HistoryEntry[];
}

/** What the orders API says about a link; `away` if it does not answer, or not now. */
export type Answer = { kind: 'order'; known: KnownOrder } | { kind: End } | { kind: 'away' };

/** Reads the order of a link and all its changes. */
export async function readOrder(link: GivenLink): Promise<Answer> {
  try {
    const path = `/orders/${encodeURIComponent(link.orderId)}`;
    const [order, history] = await Promise.all([get<Order>(path, link), readHistory(`${path}/history`, link)]);
    return { kind: 'order', known: { order, history } };
  } catch (error) {
    return { kind: error instanceof Refusal ? endOf(error.code, link) : 'away' };
  }
}

async function readHistory(path: string, link: GivenLink): Promise<HistoryEntry[]> {
  const { history, nextCursor } = await get<OrderHistory>(path, link);
  if (nextCursor === undefined) return history;
  const next = `${path.split('?')[0] ?? ''}?cursor=${encodeURIComponent(nextCursor)}`;
  return [...history, ...(await readHistory(next, link))];
}

class Refusal extends Error {
  constructor(readonly code: Problem['code'] | undefined) {
    super(code);
    this.name = 'Refusal';
  }
}

/** @throws Refusal if Galley refuses; what `fetch` throws without an answer */
async function get<T>(path: string, { token }: GivenLink): Promise<T> {
  const response = await fetch(path, {
    headers: { accept: 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }) },
    cache: 'no-store',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const body = (await response.json()) as T;
  if (!response.ok) throw new Refusal((body as Partial<Problem>).code);
  return body;
}

function endOf(code: Problem['code'] | undefined, { orderId, orderIdOfToken }: GivenLink): End | 'away' {
  switch (code) {
    case 'token_expired':
      return 'expired';
    case 'signed_out':
      return 'ended';
    // Links are made for orders that exist, and an id is never given again.
    case 'order_not_found':
      return orderId === orderIdOfToken ? 'gone' : 'unknown';
    case 'token_invalid':
    case 'unauthenticated':
    case 'invalid_request':
    case 'route_not_found':
      return 'unknown';
    default:
      return 'away';
  }
}
