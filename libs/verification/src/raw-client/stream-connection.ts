import { setTimeout as delay } from 'node:timers/promises';
import { type EventConnection, type EventConnectionListener, type EventConnectionOptions } from './event-connection.js';
import { readChanges } from './read-changes.js';

/** How long to wait before the next connection, unless the server says so. */
const RETRY_MS = 100;
/** The longest that a server may ask to wait, so that a test ends. */
const MAX_RETRY_MS = 1_000;

/** Events over `GET /changes`, as an EventSource reads them: it comes back by itself, with the last id. */
export class StreamConnection implements EventConnection {
  readonly maySplitUpdates = true;
  isConnected = false;
  position: string | undefined;
  private readonly closing = new AbortController();
  private current = new AbortController();
  private retryMs = RETRY_MS;

  constructor(
    private readonly options: EventConnectionOptions,
    private readonly listener: EventConnectionListener,
  ) {
    this.position = options.position;
    void this.stayConnected();
  }

  get transport(): string | undefined {
    return this.isConnected ? 'stream' : undefined;
  }

  cut(): void {
    this.current.abort();
  }

  close(): void {
    this.isConnected = false;
    this.closing.abort();
  }

  private async stayConnected(): Promise<void> {
    const { signal } = this.closing;
    for (;;) {
      // What is wrong shows in the events that do not come.
      await this.readOnce().catch(() => undefined);
      if (signal.aborted) return;
      if (this.isConnected) {
        this.isConnected = false;
        this.listener.disconnected();
      }
      await delay(this.retryMs, undefined, { signal }).catch(() => undefined);
    }
  }

  private async readOnce(): Promise<void> {
    this.current = new AbortController();
    const signal = AbortSignal.any([this.current.signal, this.closing.signal]);
    const { url, token, orderId } = this.options;
    await readChanges({
      ...{ url, token, orderId, signal, lastEventId: this.position, feed: true },
      begun: () => {
        this.isConnected = true;
        this.listener.connected();
      },
      received: (bytes) => this.listener.received?.(Buffer.from(bytes).toString('latin1')),
      event: ({ name, data, lastEventId }) => {
        if (signal.aborted) return; // what was read together with the last event
        if (lastEventId !== '') this.position = lastEventId;
        this.listener.event(name, JSON.parse(data));
      },
      retry: (milliseconds) => {
        this.retryMs = Math.min(milliseconds, MAX_RETRY_MS);
      },
    });
  }
}
