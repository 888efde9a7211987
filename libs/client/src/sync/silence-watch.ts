import { type Clock } from './clock.js';

/** The connection is given up after this many heartbeats of silence. */
const SILENT_HEARTBEATS = 2.5;

/** After a wake it is given up sooner, because the network was most likely away, or is another one now. */
const SILENT_HEARTBEATS_AFTER_WAKE = 1.5;

/** Used until the gateway of a connection has said how often it sends `feed`. */
const ASSUMED_HEARTBEAT_MS = 5_000;

/** Notices that a connection is silent for so long that it must be dead. */
export class SilenceWatch {
  readonly #clock: Clock;
  readonly #silent: () => void;
  #heartbeatMs = ASSUMED_HEARTBEAT_MS;
  #lastHeardAt = 0;
  /** Present while there is a connection. */
  #cancelTimer?: () => void;

  /** @param silent gives up the connection */
  constructor(clock: Clock, silent: () => void) {
    this.#clock = clock;
    this.#silent = silent;
  }

  /** Must be called for each new connection. Its gateway may have other heartbeats than the one before. */
  start(): void {
    this.#heartbeatMs = ASSUMED_HEARTBEAT_MS;
    this.recordHeard();
    this.#check();
  }

  stop(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }

  /** Must be called with everything that the gateway sends. */
  recordHeard(): void {
    this.#lastHeardAt = this.#clock.now();
  }

  /** @param heartbeatMs how often the gateway sends `feed`, as it says; a gateway of an older version does not */
  follow(heartbeatMs: number | undefined): void {
    if (heartbeatMs !== undefined && heartbeatMs > 0) this.#heartbeatMs = heartbeatMs;
    this.#check();
  }

  /** Timers may have stopped for a long time. A connection that was silent all that time is given up at once. */
  wake(): void {
    if (this.#cancelTimer) this.#check(SILENT_HEARTBEATS_AFTER_WAKE);
  }

  #check(heartbeats = SILENT_HEARTBEATS): void {
    this.#cancelTimer?.();
    const lastHeardAt = this.#lastHeardAt;
    const leftMs = lastHeardAt + heartbeats * this.#heartbeatMs - this.#clock.now();
    if (leftMs <= 0) {
      this.#silent();
      return;
    }
    this.#cancelTimer = this.#clock.after(leftMs, () => {
      this.#check(this.#lastHeardAt === lastHeardAt ? heartbeats : SILENT_HEARTBEATS);
    });
  }
}
