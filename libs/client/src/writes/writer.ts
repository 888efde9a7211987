import { type Order, type OrderStatus } from '@galley/contracts';
import { type Clock, type Jitter } from '../sync/clock.js';
import { type OrderBook } from '../sync/order-book.js';
import { type Overlay } from '../sync/overlay.js';
import { type Edit, type Intent } from './edit.js';
import { type EditTexts, type NewOrder, type OrderFields, type Write } from './write.js';
import { EditedOrders } from './edited-orders.js';
import { newId } from './new-id.js';
import { OpenEdits } from './open-edits.js';
import { toPending, toRefused, type PendingEdit, type RefusedEdit } from './reported-edits.js';
import { RestAnswers } from './rest-answers.js';
import { Sender, type WriteTransport } from './sender.js';
import { gone, WriteError } from './write-error.js';
import { type Writes } from './writes.js';

export interface WriterParts {
  transport: WriteTransport;
  clock: Clock;
  jitter: Jitter;
  /** The confirmed orders. */
  book: () => OrderBook;
  /** Which orders are tracked; if absent, all. */
  matches?: (order: Order) => boolean;
  /** Called when the orders or the edits have changed. */
  changed: () => void;
  /** Called when an edit was taken back. */
  refused: (edit: RefusedEdit) => void;
}

/** The fields that an `{orderId}/update` contains. */
const TOLD_BY_UPDATES: ReadonlySet<string> = new Set<keyof OrderFields>(['status', 'estimatedDate', 'closed']);

/** How many refused edits are kept. */
const MAX_REFUSED = 20;

/** An edit, and the promise that its end settles. */
interface MadeEdit {
  edit: Edit;
  resolve: (order: Order | undefined) => void;
  reject: (error: WriteError) => void;
}

/** The edits of a program: from the call to the answer, and what they make of the confirmed orders. */
export class Writer implements Writes, Overlay {
  readonly #parts: WriterParts;
  readonly orders: EditedOrders;
  readonly #answers = new RestAnswers();
  readonly #edits = new OpenEdits();
  readonly #sender: Sender;
  readonly #made = new WeakMap<Write, MadeEdit>();
  #taken: readonly RefusedEdit[] = [];
  /** What the edits have in common that are being made together. */
  #batch?: object;
  #isClosed = false;

  constructor(parts: WriterParts) {
    this.#parts = parts;
    const { transport, clock, jitter, book } = parts;
    this.orders = new EditedOrders(this.#edits, this.#answers, book, parts.matches);
    this.#sender = new Sender({
      ...{ transport, clock, jitter },
      edits: this.#edits,
      confirmed: (orderId) => this.orders.confirmed(orderId),
      baseOf: (order, fields) => this.#baseOf(order, fields),
      begins: (edit) => {
        edit.snapshotsBefore = this.#answers.snapshotsBegun;
      },
      learned: ({ write: { orderId }, snapshotsBefore = 0 }, revision, order) => {
        this.#answers.add(book(), { orderId, revision, order, snapshotsBefore });
      },
      changed: (ended) => {
        this.#changed(ended);
      },
    });
  }

  /** The edits that are not stored yet, the oldest first. */
  get pending(): readonly PendingEdit[] {
    return this.#edits.list().map(toPending);
  }

  /** The newest edits that were taken back, the oldest first. */
  get refused(): readonly RefusedEdit[] {
    return this.#taken;
  }

  start(): void {
    this.#sender.start();
  }

  stop(): void {
    this.#sender.stop();
  }

  /** Takes all edits back. A request that is under way goes on. */
  end(): void {
    this.#isClosed = true;
    this.#sender.end();
    // The newest first, because edits behind a new order end with it, for another reason.
    for (const edit of [...this.#edits.list()].reverse())
      this.#refuse(edit, closedError(edit.state.name !== 'waiting'));
  }

  wake(): void {
    this.#sender.wake();
  }

  /** Drops the answers that the feed has confirmed. */
  compare(): void {
    this.#answers.compareWith(this.#parts.book());
  }

  snapshotBegins(): void {
    this.#answers.snapshotBegins();
  }

  snapshotTaken(): void {
    this.#answers.snapshotTaken(this.#parts.book());
  }

  readonly place = (order: NewOrder, texts?: EditTexts): Write<Order> => {
    const { orderId = newId() } = order;
    return this.#make({ type: 'place', order: { ...defined(order), orderId } }, orderId, texts) as Write<Order>;
  };

  readonly change = (orderId: string, fields: OrderFields, texts?: EditTexts): Write<Order> =>
    this.#make({ type: 'change', fields: defined(fields) }, orderId, texts) as Write<Order>;

  readonly move = (orderId: string, status: OrderStatus, texts?: EditTexts): Write<Order> =>
    this.change(orderId, { status }, texts);

  readonly close = (orderId: string, texts?: EditTexts): Write<Order> => {
    if (typeof orderId !== 'string') throw new TypeError('To close an order, write its id; `close()` ends the tracker');
    return this.change(orderId, { closed: true }, texts);
  };

  readonly remove = (orderId: string): Write<undefined> => this.#make({ type: 'remove' }, orderId) as Write<undefined>;

  readonly undo = (write: Write, texts?: EditTexts): Write => {
    const { edit } = this.#made.get(write) ?? {};
    if (!edit) throw new TypeError('Only an edit that this tracker has made can be undone');
    const { type } = edit.intent;
    if (type === 'place' || type === 'remove') throw new TypeError(`An edit of the type ${type} cannot be undone`);
    if (edit.state.name === 'waiting') {
      this.#refuse(edit, new WriteError('It was undone before it was sent', { reason: 'undone' }));
    }
    return this.#make({ type: 'undo', edit }, write.orderId, texts);
  };

  readonly batch = <T>(make: () => T): T => {
    if (this.#batch) return make();
    this.#batch = {};
    try {
      return make();
    } finally {
      this.#batch = undefined;
      this.#sender.sendNext();
    }
  };

  readonly dismiss = (write: Write): void => {
    this.#taken = this.#taken.filter((edit) => edit.write !== write);
    this.#parts.changed();
  };

  #make(intent: Intent, orderId: string, texts: EditTexts = {}): Write {
    const edit = this.#enlist(intent, orderId, defined(texts));
    this.#edits.add(edit);
    if (this.#isClosed) this.#refuse(edit, closedError(false));
    else if (intent.type === 'undo' && isNotStored(intent.edit))
      this.#changed(this.#edits.dispatch(edit, { type: 'needless' }));
    else if (!edit.before && intent.type !== 'place' && intent.type !== 'undo') {
      this.#refuse(edit, gone(orderId, 'it was deleted, or is not among the orders of this tracker'));
    } else this.#changed([]);
    if (!this.#batch) this.#sender.sendNext();
    return edit.write;
  }

  #enlist(intent: Intent, orderId: string, texts: EditTexts): Edit {
    let settle!: Omit<MadeEdit, 'edit'>;
    const saved = new Promise<Order | undefined>((resolve, reject) => {
      settle = { resolve, reject };
    });
    // The program need not look, because the state shows a refusal, too.
    saved.catch(() => undefined);
    const before = this.orders.get(orderId);
    const isFirst = this.#edits.of(orderId).length === 0;
    const fields = intent.type === 'change' ? intent.fields : {};
    const edit: Edit = {
      ...{ write: { id: newId(), orderId, saved }, intent, texts, since: new Date().toISOString() },
      state: { name: 'waiting' },
      ...(this.#batch && { batch: this.#batch }),
      ...(before && intent.type !== 'place' && { before, ...(isFirst && { base: this.#baseOf(before, fields) }) }),
    };
    this.#made.set(edit.write, { edit, ...settle });
    return edit;
  }

  /** So that no edit of a field which an update does not tell overwrites what the program has not seen. */
  #baseOf(order: Order, fields: OrderFields): number {
    const isTold = Object.keys(fields).every((name) => TOLD_BY_UPDATES.has(name));
    return isTold ? order.revision : this.#parts.book().wholeRevision(order);
  }

  #refuse(edit: Edit, error: WriteError): void {
    this.#changed(this.#edits.dispatch(edit, { type: 'refused', error }));
  }

  #changed(ended: readonly Edit[]): void {
    const refused = ended.flatMap((edit) => this.#settle(edit) ?? []);
    this.#taken = [...this.#taken, ...refused].slice(-MAX_REFUSED);
    this.#parts.changed();
    for (const edit of refused) this.#parts.refused(edit);
  }

  /** @returns what to report, if the edit was taken back for a reason that the program does not know */
  #settle(edit: Edit): RefusedEdit | undefined {
    const { state, write } = edit;
    const made = this.#made.get(write);
    if (state.name !== 'refused') {
      made?.resolve(state.name === 'saved' ? state.order : this.orders.confirmed(write.orderId));
      return undefined;
    }
    made?.reject(state.error);
    const { reason } = state.error;
    return reason === 'undone' || reason === 'closed' ? undefined : toRefused(edit, state.error);
  }
}

const isNotStored = ({ state }: Edit) => state.name === 'refused' || state.name === 'needless';

const closedError = (mayBeSaved: boolean) => new WriteError('The tracker is closed', { reason: 'closed', mayBeSaved });

/** Without the fields that are undefined, which count as absent. */
const defined = <T extends object>(fields: T): T =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
