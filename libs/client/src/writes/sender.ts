import { type Order } from '@galley/contracts';
import { type Clock, type Jitter } from '../sync/clock.js';
import { Retries } from '../sync/retries.js';
import { TrackerError } from '../sync/tracker-error.js';
import { storedOrder, type Edit } from './edit.js';
import { type EditEvent } from './edit-transitions.js';
import { type OpenEdits } from './open-edits.js';
import { fieldsOf, isAsLeft } from './undo.js';
import { type OrderFields } from './write.js';
import { conflict, gone, toWriteError } from './write-error.js';
import { toRequest, type WriteRequest } from './write-request.js';

/** How many edits are under way at a time, each of another order. Browsers allow six requests to one server. */
const MAX_REQUESTS = 4;

/** The requests that writing needs. They throw TrackerError. */
export interface WriteTransport {
  /** @returns the order as it was stored; undefined after a removal */
  send: (request: WriteRequest, signal: AbortSignal) => Promise<Order | undefined>;
  /** @returns undefined if there is no such order */
  fetchOrder: (orderId: string, signal: AbortSignal) => Promise<Order | undefined>;
}

export interface SenderParts {
  edits: OpenEdits;
  transport: WriteTransport;
  clock: Clock;
  jitter: Jitter;
  /** The order as it is stored, as far as it is known. */
  confirmed: (orderId: string) => Order | undefined;
  /** The revision of the order that an edit of these fields is based on. */
  baseOf: (order: Order, fields: OrderFields) => number;
  /** Called when the API has told how the order of an edit is, or that it is gone: with this revision, or a later one. */
  learned: (edit: Edit, revision: number, order?: Order) => void;
  /** Called before an edit is sent for the first time, and before the order is asked for. */
  begins: (edit: Edit) => void;
  /** Called when the edits have changed, with those that have ended by that. */
  changed: (ended: readonly Edit[]) => void;
}

/** Sends the open edits: those of one order one after another, each until there is an answer that is final. */
export class Sender {
  readonly #parts: SenderParts;
  readonly #requests = new Map<Edit, AbortController>();
  readonly #retries: Retries;
  #isStopped = true;

  constructor(parts: SenderParts) {
    this.#parts = parts;
    this.#retries = new Retries(parts.clock, parts.jitter);
  }

  start(): void {
    this.#isStopped = false;
    this.sendNext();
  }

  /** Gives up the requests that are under way. Their edits may be stored, and are sent again after the next start. */
  stop(): void {
    this.end();
    for (const request of this.#requests.values()) request.abort();
  }

  /** Begins no more requests. */
  end(): void {
    this.#isStopped = true;
    this.#retries.cancel();
  }

  /** Must be called when the network is back, or the page is shown again. */
  wake(): void {
    this.#retries.wake();
  }

  /** Must be called when there is a new edit. */
  sendNext(): void {
    while (!this.#isStopped && !this.#retries.isWaiting && this.#requests.size < MAX_REQUESTS) {
      const edit = this.#parts.edits.heads().find((head) => !this.#requests.has(head));
      if (!edit) return;
      this.#begin(edit);
    }
  }

  #begin(edit: Edit): void {
    const { intent, state, write } = edit;
    // An undo that may be stored is repeated as it was: only the API knows whether the order has its fields already.
    if (intent.type === 'undo' && state.name === 'waiting') {
      const now = newest(this.#parts.confirmed(write.orderId), storedOrder(intent.edit), edit.answered);
      const end = endOfUndo(edit, intent.edit, now);
      if (end) {
        this.#dispatch(edit, end);
        return;
      }
      edit.before = now;
      edit.base = now && this.#parts.baseOf(now, fieldsOf(edit));
    }
    if (edit.snapshotsBefore === undefined) this.#parts.begins(edit);
    const request = new AbortController();
    this.#requests.set(edit, request);
    this.#dispatch(edit, { type: 'send' });
    const wasSentBefore = state.name === 'unsure';
    void this.#attempt(edit, wasSentBefore, request.signal).then((event) => {
      this.#requests.delete(edit);
      this.#dispatch(edit, event);
    });
  }

  #dispatch(edit: Edit, event: EditEvent): void {
    this.#parts.changed(this.#parts.edits.dispatch(edit, event));
    this.sendNext();
  }

  async #attempt(edit: Edit, wasSentBefore: boolean, signal: AbortSignal): Promise<EditEvent> {
    const { transport, learned } = this.#parts;
    const nextRevision = (edit.base ?? 0) + 1;
    try {
      const order = await transport.send(toRequest(edit), signal);
      const isOnlyHere = order && wasSentBefore && !this.#parts.confirmed(order.orderId);
      const asked = isOnlyHere ? await this.#ask(edit, signal) : order;
      const now = asked instanceof TrackerError ? order : asked;
      learned(edit, now?.revision ?? order?.revision ?? nextRevision, now);
      this.#retries.succeeded();
      return { type: 'saved', ...(order && { order }) };
    } catch (cause) {
      const error = TrackerError.from(cause);
      if (signal.aborted) return { type: 'unanswered' };
      if (!error.permanent) return this.#unanswered(error);
      this.#retries.succeeded();
      if (error.code === 'precondition_failed') return this.#outdated(edit, signal);
      const refusal = toWriteError(error, wasSentBefore);
      if (refusal.reason === 'gone') learned(edit, nextRevision);
      return { type: 'refused', error: refusal };
    }
  }

  /** Finds out how the order is now that somebody else has changed it. */
  async #outdated(edit: Edit, signal: AbortSignal): Promise<EditEvent> {
    const { orderId } = edit.write;
    const now = await this.#ask(edit, signal);
    if (signal.aborted) return { type: 'unanswered' };
    // The next attempt is refused in the same way, and asks again.
    if (now instanceof TrackerError) return this.#unanswered(now);
    if (!now) return { type: 'refused', error: gone(orderId, 'it was deleted') };
    this.#parts.learned(edit, now.revision, now);
    edit.answered = now;
    const { intent } = edit;
    if (intent.type === 'undo' && isAsLeft(intent.edit, now)) return { type: 'outdated' };
    return { type: 'refused', error: conflict(orderId, fieldsOf(edit), now) };
  }

  /** Asks for the order as it is now. The answer to a repeated edit tells how it was after the first one: it may be gone since. */
  async #ask(edit: Edit, signal: AbortSignal): Promise<Order | TrackerError | undefined> {
    const { snapshotsBefore } = edit;
    this.#parts.begins(edit);
    try {
      return await this.#parts.transport.fetchOrder(edit.write.orderId, signal);
    } catch (cause) {
      edit.snapshotsBefore = snapshotsBefore;
      return TrackerError.from(cause);
    }
  }

  #unanswered(problem: TrackerError): EditEvent {
    const { retryAfterMs } = problem.options;
    // Requests that fail together are one failure.
    if (!this.#isStopped && (!this.#retries.isWaiting || retryAfterMs !== undefined)) {
      this.#retries.schedule(() => {
        this.sendNext();
      }, retryAfterMs);
    }
    return { type: 'unanswered', problem };
  }
}

/** An order that was closed by an edit is not among the confirmed ones, if only open orders are tracked. */
const newest = (...orders: (Order | undefined)[]): Order | undefined =>
  orders.reduce((last, order) => ((order?.revision ?? 0) > (last?.revision ?? 0) ? order : last));

/** @returns how an undo ends without a request; undefined if one is needed */
function endOfUndo(undo: Edit, edit: Edit, now: Order | undefined): EditEvent | undefined {
  const yours = fieldsOf(undo);
  if (!now || edit.state.name !== 'saved' || Object.keys(yours).length === 0) return { type: 'needless' };
  return isAsLeft(edit, now) ? undefined : { type: 'refused', error: conflict(undo.write.orderId, yours, now) };
}
