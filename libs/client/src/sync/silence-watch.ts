import { type Clock } from './clock.js';

/** The connection is given up after this many heartbeats of silence. */
const SILENT_HEARTBEATS = 2.5;

/** After a wake it is given up sooner, because the network was most likely away, or is another one now. */
const SILENT_HEARTBEATS_AFTER_WAKE = 1.5;

/** Used until the gateway of a connection has said how often it sends `feed`. */
const ASSUMED_HEARTBEAT_MS = 5_000;

/** Notices that a connection is silent for so long that it must be dead. */
export class SilenceWatch {
  private heartbeatMs = ASSUMED_HEARTBEAT_MS;
  private lastHeardAt = 0;
  private isRunning = false;
  private cancelTimer?: () => void;

  /** @param silent gives up the connection */
  constructor(
    private readonly clock: Clock,
    private readonly silent: () => void,
  ) {}

  /** Must be called for each new connection. Its gateway may have other heartbeats than the one before. */
  start(): void {
    this.heartbeatMs = ASSUMED_HEARTBEAT_MS;
    this.isRunning = true;
    this.recordHeard();
    this.check();
  }

  stop(): void {
    this.isRunning = false;
    this.cancelTimer?.();
  }

  /** Must be called with everything that the gateway sends. */
  recordHeard(): void {
    this.lastHeardAt = this.clock.now();
  }

  /** @param heartbeatMs how often the gateway sends `feed`, as it says; a gateway of an older version does not */
  follow(heartbeatMs: number | undefined): void {
    if (heartbeatMs !== undefined && heartbeatMs > 0) this.heartbeatMs = heartbeatMs;
    this.check();
  }

  /** Timers may have stopped for a long time. A connection that was silent all that time is given up at once. */
  wake(): void {
    if (this.isRunning) this.check(SILENT_HEARTBEATS_AFTER_WAKE);
  }

  private check(heartbeats = SILENT_HEARTBEATS): void {
    this.cancelTimer?.();
    const { clock, lastHeardAt } = this;
    const leftMs = lastHeardAt + heartbeats * this.heartbeatMs - clock.now();
    if (leftMs <= 0) {
      this.silent();
      return;
    }
    this.cancelTimer = clock.after(leftMs, () => {
      this.check(this.lastHeardAt === lastHeardAt ? heartbeats : SILENT_HEARTBEATS);
    });
  }
}
