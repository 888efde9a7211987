import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { orderUpdateEventName, ORDER_STATUSES, type PlaceOrderInput } from '@galley/contracts';
import { describeAnswer, type Asked, type Front } from '../front/front.js';
import { type Listener, type ListenerFacts } from './listener.js';

/** How long a change may take to be heard. */
export const HEARD_WITHIN_MS = 10_000;

const CHECK_EVERY_MS = 5;

export interface CanaryFacts {
  orderId: string;
  /** The writes that were accepted, the oldest first. */
  writes: readonly Write[];
  /** Why a write was not accepted; absent if all were. */
  refusal?: string;
  /** Why the order could not be removed; absent if nothing is left of it. */
  leftBehind?: string;
  listeners: readonly ListenerFacts[];
}

/** One change of the canary order. The answers have the revisions 1, 2, 3 ... */
export interface Write {
  /** The events that everybody is sent about it, in their order. */
  events: readonly string[];
  /** When it was sent, by `performance.now()`. */
  sentAtMs: number;
  /** How long its answer took. */
  tookMs: number;
}

export const newCanaryId = (): string => `doctor-${randomUUID().slice(0, 8)}`;

/** Changes after the order was placed. They come without a pause, so that their order is seen. */
const CHANGES = ORDER_STATUSES.slice(1);

/**
 * Places an order, changes it, removes it, and waits until every listener has heard of it. The order is removed whatever
 * happens in between.
 * @param signal ends it early
 */
export async function flyCanary(
  front: Front,
  orderId: string,
  listeners: readonly Listener[],
  signal: AbortSignal,
): Promise<CanaryFacts> {
  const order = new CanaryOrder(front, orderId);
  const isHeard = () =>
    listeners.every(({ events, ended }) => ended !== undefined || events.length >= order.eventCount);
  let isSilent = false;
  try {
    if (await order.place()) {
      isSilent = !(await waitUntil(isHeard, signal));
      for (const status of CHANGES) if (!signal.aborted) await order.change(status);
    }
  } finally {
    await order.remove();
  }
  // Who has heard nothing for so long need not be waited for again.
  if (!isSilent) await waitUntil(isHeard, signal);
  const { writes, refusal, leftBehind } = order;
  return { orderId, writes, refusal, leftBehind, listeners };
}

/** @returns whether it came to that */
async function waitUntil(check: () => boolean, signal: AbortSignal): Promise<boolean> {
  const endsAt = performance.now() + HEARD_WITHIN_MS;
  while (!check() && !signal.aborted && performance.now() < endsAt) await delay(CHECK_EVERY_MS);
  return check();
}

class CanaryOrder {
  readonly writes: Write[] = [];
  refusal?: string;
  leftBehind?: string;

  constructor(
    private readonly front: Front,
    private readonly orderId: string,
  ) {}

  get eventCount(): number {
    return this.writes.reduce((count, { events }) => count + events.length, 0);
  }

  place(): Promise<boolean> {
    const request: PlaceOrderInput = {
      ...{ orderId: this.orderId, customerId: 'doctor', quantity: 1 },
      title: 'Canary order of the doctor: it is removed at once',
    };
    return this.write('placed', ['orderCreated'], '/orders', { method: 'POST', body: JSON.stringify(request) });
  }

  change(status: string): Promise<boolean> {
    const events = ['orderUpdated', orderUpdateEventName(this.orderId)];
    return this.write('changed', events, this.path, { method: 'PATCH', body: JSON.stringify({ status }) });
  }

  /** Also where it is unknown whether the order was placed: its answer may have been lost. */
  async remove(): Promise<void> {
    const sentAtMs = performance.now();
    try {
      const answer = await this.front.ask(this.path, { method: 'DELETE' });
      if (answer.status === 204) {
        this.writes.push({ events: ['orderDeleted'], sentAtMs, tookMs: answer.tookMs });
      } else if (answer.status !== 404 && this.writes.length > 0) {
        this.leftBehind = describeAnswer(answer);
      }
    } catch (error) {
      this.leftBehind = (error as Error).message;
    }
  }

  private get path(): string {
    return `/orders/${this.orderId}`;
  }

  /** @returns whether it was accepted */
  private async write(what: string, events: string[], path: string, request: Asked): Promise<boolean> {
    if (this.refusal !== undefined) return false;
    const sentAtMs = performance.now();
    try {
      const answer = await this.front.ask(path, { ...request, headers: { 'content-type': 'application/json' } });
      if (answer.status < 300) this.writes.push({ events, sentAtMs, tookMs: answer.tookMs });
      else this.refusal = `it was not ${what} (${describeAnswer(answer)})`;
    } catch (error) {
      this.refusal = `it was not ${what} (${(error as Error).message})`;
    }
    return this.refusal === undefined;
  }
}
