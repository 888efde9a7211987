import { type BatchOperationInput, type Order } from '@galley/contracts';
import { MAX_OPERATIONS } from '@galley/contracts/batch-limits';
import { type Clock, type Jitter } from '../sync/clock.js';
import { Retries } from '../sync/retries.js';
import { TrackerError } from '../sync/tracker-error.js';
import { storedOrder, type Edit } from './edit.js';
import { type EditEvent } from './edit-transitions.js';
import { type OpenEdits } from './open-edits.js';
import { endOfUndo, fieldsOf, isAsLeft } from './undo.js';
import { type OrderFields } from './write.js';
import { conflict, gone, toWriteError } from './write-error.js';
import { toOperation, toRequest, type WriteRequest } from './write-request.js';

/** How many requests are under way at a time, each of other orders. Browsers allow six to one server. */
const MAX_REQUESTS = 4;

/** The order as it was stored, undefined after a removal, or why there is no such answer. */
export type BatchAnswer = Order | TrackerError | undefined;

/** The requests that writing needs. They throw TrackerError. */
export interface WriteTransport {
  /** @returns the order as it was stored; undefined after a removal */
  send: (request: WriteRequest, signal: AbortSignal) => Promise<Order | undefined>;
  /** @returns for each operation what `send` returns or throws */
  sendBatch: (operations: BatchOperationInput[], signal: AbortSignal) => Promise<BatchAnswer[]>;
  /** @returns undefined if there is no such order */
  fetchOrder: (orderId: string, signal: AbortSignal) => Promise<Order | undefined>;
}

interface SentEdit {
  edit: Edit;
  wasSentBefore: boolean;
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

/**
 * Sends the open edits: those of one order one after another, each until there is an answer that is final. Edits that were made
 * together are sent in one request. What that cannot store is sent again alone, as if it had been made alone.
 */
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
    while (!this.#isStopped && !this.#retries.isWaiting && new Set(this.#requests.values()).size < MAX_REQUESTS) {
      const ready = this.#parts.edits.heads().filter((head) => !this.#requests.has(head));
      const [first] = ready;
      if (!first) return;
      const { batch } = first;
      const together = batch ? ready.filter((edit) => edit.batch === batch).slice(0, MAX_OPERATIONS) : [first];
      for (const edit of together) {
        const end = this.#endUnsent(edit);
        if (!end) continue;
        // It goes on with the others.
        this.#dispatch(edit, end);
        return;
      }
      this.#begin(first, together);
    }
  }

  /** @returns how an edit ends for which no request is needed */
  #endUnsent(edit: Edit): EditEvent | undefined {
    const { intent, state, write } = edit;
    // An undo that may be stored is repeated as it was: only the API knows whether the order has its fields already.
    if (intent.type !== 'undo' || state.name !== 'waiting') return undefined;
    const now = newest(this.#parts.confirmed(write.orderId), storedOrder(intent.edit), edit.answered);
    const end = endOfUndo(edit, intent.edit, now);
    if (end) return end;
    edit.before = now;
    edit.base = now && this.#parts.baseOf(now, fieldsOf(edit));
    return undefined;
  }

  #begin(first: Edit, together: readonly Edit[]): void {
    const { begins, changed, edits } = this.#parts;
    const request = new AbortController();
    const sent = together.map((edit) => ({ edit, wasSentBefore: edit.state.name === 'unsure' }));
    for (const edit of together) {
      if (edit.snapshotsBefore === undefined) begins(edit);
      this.#requests.set(edit, request);
    }
    changed(together.flatMap((edit) => edits.dispatch(edit, { type: 'send' })));
    if (together.length > 1) {
      void this.#attemptTogether(sent, request.signal);
      return;
    }
    void this.#attempt(first, sent[0]?.wasSentBefore ?? false, request.signal).then((event) => {
      this.#requests.delete(first);
      this.#dispatch(first, event);
    });
  }

  #dispatch(edit: Edit, event: EditEvent): void {
    this.#parts.changed(this.#parts.edits.dispatch(edit, event));
    this.sendNext();
  }

  async #attemptTogether(sent: readonly SentEdit[], signal: AbortSignal): Promise<void> {
    const answers = await this.#parts.transport
      .sendBatch(
        sent.map(({ edit }) => toOperation(edit)),
        signal,
      )
      .catch((cause: unknown) => {
        const error = TrackerError.from(cause);
        return sent.map(() => error);
      });
    const ends = sent.map((of, i) => ({ edit: of.edit, event: this.#eventOf(of, answers[i], signal) }));
    const problems = ends.flatMap(({ event }) => (event.type === 'unanswered' && event.problem ? [event.problem] : []));
    const [problem] = problems.sort((a, b) => (b.options.retryAfterMs ?? 0) - (a.options.retryAfterMs ?? 0));
    if (problem) this.#unanswered(problem);
    else if (!signal.aborted) this.#retries.succeeded();
    for (const { edit } of sent) this.#requests.delete(edit);
    this.#parts.changed(ends.flatMap(({ edit, event }) => this.#parts.edits.dispatch(edit, event)));
    this.sendNext();
  }

  /** What the answer to a batch means for one of its edits. */
  #eventOf({ edit, wasSentBefore }: SentEdit, answer: BatchAnswer, signal: AbortSignal): EditEvent {
    const { learned, confirmed } = this.#parts;
    if (!(answer instanceof TrackerError)) {
      const isOnlyHere = answer && wasSentBefore && !confirmed(answer.orderId);
      if (!isOnlyHere) {
        learned(edit, answer?.revision ?? (edit.base ?? 0) + 1, answer);
        return { type: 'saved', ...(answer && { order: answer }) };
      }
    } else if (signal.aborted) return { type: 'unanswered' };
    else if (!answer.permanent) return { type: 'unanswered', problem: answer };
    // It needs another look, at the order or at the refusal.
    delete edit.batch;
    return { type: wasSentBefore ? 'unanswered' : 'outdated' };
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
