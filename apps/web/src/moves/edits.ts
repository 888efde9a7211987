import {
  type EditTexts,
  type NewOrder,
  type Order,
  type OrderFields,
  type OrdersTracker,
  type OrderStatus,
  type OrderTracker,
  type Write,
  type Writes,
} from '@galley/client';
import { words } from '../page/page.js';

/** The last moves that can be taken back. */
const MAX_UNDO = 50;

/** A tracker that writes: the one of the list, or of one order. */
export type WritingTracker = Pick<OrdersTracker | OrderTracker, 'change' | 'move' | 'remove' | 'undo' | 'batch'>;

/** A tracker that also places orders: the one of the list. */
export type PlacingTracker = WritingTracker & Pick<Writes, 'place'>;

/** Is told which orders this page is about to move, or to move back. */
export type MoveListener = (orderIds: readonly string[]) => void;

/** What was done in one go, and can be taken back in one go. */
interface Step {
  tracker: WritingTracker;
  writes: readonly Write[];
  /** The order whose own tracker this is, if it is not the one of the list. */
  orderId?: string;
}

export interface ToastText {
  /** Another number for each toast. */
  id: number;
  text: string;
  canUndo: boolean;
}

/** Makes the edits of this page, remembers them for undo, and says what was done. */
export class Edits {
  toast?: ToastText;
  /** The orders whose own trackers are needed to take steps back. */
  followed: readonly string[] = [];

  private readonly steps: Step[] = [];
  private readonly listeners = new Set<() => void>();
  /** The newest revision of each order that this page has made. */
  private readonly ownRevisions = new Map<string, number>();
  /** The edits that are not answered yet. */
  private readonly unanswered = new Set<Write>();
  /** What was said with an edit, to be said again if it is made again. */
  private readonly texts = new WeakMap<Write, EditTexts>();
  private readonly movers = new Set<MoveListener>();
  /** The edits whose refusal a dialog shows. */
  private readonly inDialog = new Set<Write>();
  private toasts = 0;
  /** What the toast is about. */
  private inToast: readonly Write[] = [];

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  };

  /** @param listener called before this page moves orders. @returns a function that ends this */
  readonly onMove = (listener: MoveListener): (() => void) => {
    this.movers.add(listener);
    return () => {
      this.movers.delete(listener);
    };
  };

  /** Moves the orders that are not there already. */
  move(tracker: WritingTracker, orders: readonly Order[], status: OrderStatus): void {
    const elsewhere = orders.filter((order) => order.status !== status);
    const [first] = elsewhere;
    if (!first) return;
    const { place } = words.stages[status];
    const text =
      elsewhere.length === 1 ? words.toast.moved(first.title, place) : words.toast.movedMany(elsewhere.length, place);
    this.tellMove(elsewhere);
    const writes = tracker.batch(() => elsewhere.map(({ orderId }) => tracker.move(orderId, status)));
    this.did({ tracker, writes }, text);
  }

  close(tracker: WritingTracker, orders: readonly Order[]): void {
    const [first] = orders;
    if (!first) return;
    const text = orders.length === 1 ? words.toast.closed(first.title) : words.toast.closedMany(orders.length);
    const writes = tracker.batch(() => orders.map(({ orderId }) => tracker.change(orderId, { closed: true })));
    this.did({ tracker, writes }, text);
  }

  /**
   * Opens a closed order.
   * @param tracker that of this order, because the list knows no closed ones
   * @param then what is changed, and said, afterwards
   */
  reopen(tracker: WritingTracker, { orderId, title }: Order, then?: { fields: OrderFields; texts: EditTexts }): void {
    const writes: Write[] = [tracker.change(orderId, { closed: false })];
    if (then) {
      const write = this.send(tracker, orderId, then.fields, then.texts);
      if (Object.keys(then.fields).length > 0) writes.push(write);
      else this.own(write);
    }
    this.did({ tracker, writes, orderId }, words.toast.reopened(title));
  }

  /** A message or a note alone cannot be taken back: it was read. */
  change(tracker: WritingTracker, order: Order, fields: OrderFields, texts?: EditTexts): Write {
    const write = this.send(tracker, order.orderId, fields, texts);
    this.did({ tracker, writes: [write] }, words.toast.changed(order.title), Object.keys(fields).length > 0);
    return write;
  }

  place(tracker: PlacingTracker, order: NewOrder, texts?: EditTexts): Write {
    const write = tracker.place(order, texts);
    this.did({ tracker, writes: [write] }, words.toast.placed(order.title), false);
    return write;
  }

  remove(tracker: WritingTracker, { orderId, title }: Order): void {
    this.did({ tracker, writes: [tracker.remove(orderId)] }, words.toast.removed(title), false);
  }

  /** Takes the last step back. Orders that somebody has changed since stay as they are, and the page says so. */
  undo(): void {
    const step = this.steps.pop();
    if (!step) {
      this.say(words.toast.nothingToUndo);
      return;
    }
    this.tellMove(step.writes);
    const { tracker, writes } = step;
    const undos = tracker.batch(() => [...writes].reverse().map((write) => tracker.undo(write)));
    for (const undo of undos) this.own(undo);
    this.say(words.toast.undone);
    this.inToast = undos;
  }

  /** The message and the note of an edit. */
  textsOf(write: Write): EditTexts {
    return this.texts.get(write) ?? {};
  }

  say(text: string, canUndo = false): void {
    this.toast = { id: ++this.toasts, text, canUndo };
    this.inToast = [];
    this.tell();
  }

  readonly dismissToast = (): void => {
    this.toast = undefined;
    this.tell();
  };

  /** A dialog shows what becomes of this edit. */
  claim(write: Write): void {
    this.inDialog.add(write);
  }

  /** The dialog was closed before the edit was saved. */
  disclaim(write: Write): void {
    this.inDialog.delete(write);
    this.tell();
  }

  isInDialog(write: Write): boolean {
    return this.inDialog.has(write);
  }

  /** Whether this page has made a revision of an order, as far as it knows while its own edit is not answered. */
  isOwn(orderId: string, revision: number): boolean {
    if ((this.ownRevisions.get(orderId) ?? 0) >= revision) return true;
    return [...this.unanswered].some((write) => write.orderId === orderId);
  }

  private did(step: Step, text: string, canUndo = true): void {
    for (const write of step.writes) this.own(write);
    if (canUndo) {
      this.steps.push(step);
      if (this.steps.length > MAX_UNDO) this.steps.shift();
      this.followed = [...new Set(this.steps.flatMap(({ orderId }) => orderId ?? []))];
    }
    this.say(text, canUndo);
    this.inToast = step.writes;
  }

  private own(write: Write): void {
    this.unanswered.add(write);
    write.saved.then(
      (order) => {
        this.unanswered.delete(write);
        if (order) this.ownRevisions.set(order.orderId, order.revision);
      },
      // The state of the tracker has the refusal, which contradicts the toast.
      () => {
        this.unanswered.delete(write);
        if (this.inToast.includes(write)) this.dismissToast();
      },
    );
  }

  private send(tracker: WritingTracker, orderId: string, fields: OrderFields, texts?: EditTexts): Write {
    const write = tracker.change(orderId, fields, texts);
    if (texts) this.texts.set(write, texts);
    return write;
  }

  private tellMove(orders: readonly { orderId: string }[]): void {
    const orderIds = orders.map(({ orderId }) => orderId);
    for (const listener of this.movers) listener(orderIds);
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}
