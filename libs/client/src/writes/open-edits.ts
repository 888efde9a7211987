import { type Edit } from './edit.js';
import { hasEnded, transition, type EditEvent } from './edit-transitions.js';
import { gone } from './write-error.js';

/** The edits that are not stored yet. The edits of one order are a queue, each based on the one before. */
export class OpenEdits {
  /** In the order in which they were made. */
  readonly #edits = new Set<Edit>();
  /** A new array whenever the edits of the order change. */
  readonly #queues = new Map<string, readonly Edit[]>();

  add(edit: Edit): void {
    this.#edits.add(edit);
    const { orderId } = edit.write;
    this.#queues.set(orderId, [...this.of(orderId), edit]);
  }

  list(): readonly Edit[] {
    return [...this.#edits];
  }

  /** The open edits of an order, the oldest first. The same array until they change. */
  of(orderId: string): readonly Edit[] {
    return this.#queues.get(orderId) ?? NONE;
  }

  /** The orders that have open edits. */
  get orderIds(): Iterable<string> {
    return this.#queues.keys();
  }

  /** The edit of each order that may be sent. */
  heads(): Edit[] {
    return [...this.#queues.values()].flatMap((queue) => queue.slice(0, 1));
  }

  /** @returns the edits that have ended by this, if any */
  dispatch(edit: Edit, event: EditEvent): Edit[] {
    if (hasEnded(edit.state)) return [];
    edit.state = transition(edit.state, event);
    return hasEnded(edit.state) ? this.#end(edit) : [];
  }

  #end(edit: Edit): Edit[] {
    const { intent, state, write } = edit;
    const queue = this.of(write.orderId);
    const next = queue[queue.indexOf(edit) + 1];
    this.#edits.delete(edit);
    const left = queue.filter((other) => other !== edit);
    if (left.length > 0) this.#queues.set(write.orderId, left);
    else this.#queues.delete(write.orderId);
    if (intent.type === 'place' && state.name === 'refused') {
      const error = gone(write.orderId, 'it was not placed');
      return [edit, ...left.flatMap((other) => this.dispatch(other, { type: 'refused', error }))];
    }
    if (next) rebase(next, edit);
    return [edit];
  }
}

const NONE: readonly Edit[] = [];

/** The next edit changes what this one has made; or, if this one has made nothing, what it was to change. */
function rebase(next: Edit, { state, base, before }: Edit): void {
  const order = state.name === 'saved' ? state.order : undefined;
  next.base = order?.revision ?? base;
  next.before = order ?? before;
}
