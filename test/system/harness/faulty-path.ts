import { type Socket } from 'node:net';

/** The faults of one direction of a hop. All can be combined. */
export interface PathFaults {
  /** Nothing is forwarded; everything is forwarded later. */
  held: boolean;
  /** Everything is lost, also the end of the connection. */
  blackHole: boolean;
  delay?: { delayMs: number; jitterMs: number };
  /** The most bytes a second of each connection. */
  bytesPerSecond?: number;
  /** The next `left` chunks that match are dropped. A chunk is what one read of a socket returns. */
  drop?: { pattern: RegExp; left: number };
  /** Returns what is forwarded instead of a chunk. */
  rewrite?: (bytes: Buffer) => Buffer;
}

/** Above this number of waiting bytes the sender has to wait, as at a full network buffer. */
const MAX_QUEUED_BYTES = 64 * 1024;

/** With limited bandwidth, bytes leave in portions of this duration. */
const PORTION_MS = 50;

/** One direction of one connection. Bytes keep their order whatever the faults. */
export class FaultyPath {
  /** Whether bytes or the end of the connection were lost, so that the connection can only be cut. */
  hasLost = false;
  private queue: { bytes: Buffer | 'end'; dueAt: number }[] = [];
  private queuedBytes = 0;
  private lastDueAt = 0;
  private timer?: NodeJS.Timeout;
  private isAbandoned = false;

  /** @param inspect sees each chunk before any fault; returns false to swallow it */
  constructor(
    private readonly source: Socket,
    private readonly sink: Socket,
    private readonly faults: PathFaults,
    private readonly random: () => number,
    private readonly inspect: (bytes: Buffer) => boolean,
  ) {
    source.on('data', (bytes: Buffer) => {
      if (this.inspect(bytes)) this.receive(bytes);
      else this.hasLost = true;
    });
    source.on('end', () => {
      this.receive('end');
    });
    sink.on('drain', () => {
      this.update();
    });
    this.update();
  }

  /** Applies changed faults. */
  update(): void {
    this.flush();
    const isBlocked = this.faults.held || this.queuedBytes > MAX_QUEUED_BYTES || this.sink.writableNeedDrain;
    if (isBlocked) this.source.pause();
    else this.source.resume();
  }

  /** Whether everything is lost now. */
  get isLosing(): boolean {
    return this.faults.blackHole || this.isAbandoned;
  }

  /** Loses everything from now on. */
  abandon(): void {
    this.isAbandoned = true;
    this.hasLost = true;
  }

  close(): void {
    clearTimeout(this.timer);
    this.queue = [];
  }

  private receive(bytes: Buffer | 'end'): void {
    if (this.isLosing) {
      this.hasLost = true;
      return;
    }
    const { drop } = this.faults;
    if (drop && drop.left > 0 && bytes !== 'end' && drop.pattern.test(bytes.toString('latin1'))) {
      drop.left--;
      return;
    }
    const { rewrite } = this.faults;
    const forwarded = rewrite && bytes !== 'end' ? rewrite(bytes) : bytes;
    if (forwarded !== bytes) this.hasLost = true;
    for (const portion of this.portionsOf(forwarded)) this.enqueue(portion);
    this.update();
  }

  private *portionsOf(bytes: Buffer | 'end'): Generator<Buffer | 'end'> {
    const { bytesPerSecond } = this.faults;
    if (bytes === 'end' || bytesPerSecond === undefined) yield bytes;
    else {
      const size = Math.max(1, Math.floor((bytesPerSecond * PORTION_MS) / 1_000));
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
    }
  }

  private enqueue(bytes: Buffer | 'end'): void {
    const { delay, bytesPerSecond } = this.faults;
    const onItsWayMs = delay ? delay.delayMs + delay.jitterMs * this.random() : 0;
    const transferMs = bytesPerSecond === undefined || bytes === 'end' ? 0 : (bytes.length / bytesPerSecond) * 1_000;
    this.lastDueAt = Math.max(this.lastDueAt, performance.now() + onItsWayMs) + transferMs;
    this.queue.push({ bytes, dueAt: this.lastDueAt });
    if (bytes !== 'end') this.queuedBytes += bytes.length;
  }

  /** Sends what is due, and comes back for the rest. */
  private flush(): void {
    clearTimeout(this.timer);
    if (this.faults.held) return;
    const isLimited = this.faults.delay !== undefined || this.faults.bytesPerSecond !== undefined;
    if (!isLimited) this.lastDueAt = 0;
    const isDue = ({ dueAt }: { dueAt: number }) => !isLimited || dueAt <= performance.now();
    for (let next = this.queue[0]; next && isDue(next); next = this.queue[0]) {
      this.queue.shift();
      if (next.bytes === 'end') this.sink.end();
      else {
        this.queuedBytes -= next.bytes.length;
        this.sink.write(next.bytes);
      }
    }
    const [next] = this.queue;
    if (!next) return;
    this.timer = setTimeout(
      () => {
        this.update();
      },
      Math.ceil(next.dueAt - performance.now()),
    ).unref();
  }
}
