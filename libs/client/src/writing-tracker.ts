import { type Order, type OrderUpdatedEvent, type OrderUpdateEvent } from '@galley/contracts';
import { Emitter } from './emitter.js';
import { createTracker, EVENT_NAMES, type TrackerEvents, type TrackerOf, type TrackerParts } from './tracker.js';
import { type PendingEdit, type RefusedEdit } from './writes/reported-edits.js';
import { type WriteTransport } from './writes/sender.js';
import { type EditTexts, type Write } from './writes/write.js';
import { Writer } from './writes/writer.js';
import { type Writes } from './writes/writes.js';

/** What the state of a tracker that writes has more. */
export interface EditsState {
  /** The edits that are not stored yet, the oldest first. They are applied to what the state shows. */
  pending: readonly PendingEdit[];
  /** The newest 20 edits that were taken back, the oldest first, until they are dismissed. */
  refused: readonly RefusedEdit[];
}

export interface WritingTrackerEvents<
  Updated extends OrderUpdateEvent = OrderUpdatedEvent,
> extends TrackerEvents<Updated> {
  /** An edit was taken back, other than by `undo` or `close`. */
  refused: RefusedEdit;
}

/** The methods that a tracker has for writing. */
interface WritingMethods extends Omit<Writes, 'close'> {
  close: {
    /** Ends the tracker. It takes its open edits back, sends no more events, and cannot be started again. */
    (): void;
    /**
     * Closes an order.
     * @throws TypeError if the id is not a text: it may be missing, and would end the tracker
     */
    (orderId: string, texts?: EditTexts): Write<Order>;
  };
}

/** Reads and writes. */
export interface WritingTracker<State, Updated extends OrderUpdateEvent = OrderUpdatedEvent>
  extends TrackerOf<State, WritingTrackerEvents<Updated>>, WritingMethods {}

/**
 * Creates a tracker that writes too, and starts it.
 * @param transport the requests that write
 */
export function createWritingTracker<State, Updated extends OrderUpdateEvent>(
  parts: TrackerParts<State>,
  transport: WriteTransport,
): WritingTracker<State & EditsState, Updated> {
  const { clock, jitter, matches } = parts;
  const events = new Emitter<WritingTrackerEvents<Updated>>([...EVENT_NAMES, 'refused']);
  return createTracker<State, Updated, EditsState, WritingMethods>(parts, events, ({ book, changed, close }) => {
    const writer = new Writer({
      ...{ transport, clock, jitter, matches, book, changed },
      refused: (edit) => {
        events.emit('refused', edit);
      },
    });
    const { place, change, move, remove, undo, batch, dismiss } = writer;
    return {
      overlay: writer,
      fields: () => ({ pending: writer.pending, refused: writer.refused }),
      methods: {
        ...{ place, change, move, remove, undo, batch, dismiss },
        close: ((...args: [] | [orderId: string, texts?: EditTexts]) => {
          if (args.length !== 0) return writer.close(...args);
          close();
          return undefined;
        }) as WritingMethods['close'],
      },
    };
  });
}
