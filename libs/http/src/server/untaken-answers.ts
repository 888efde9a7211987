import { type Socket } from 'node:net';

/** How long a client may take nothing of an answer that waits for it. */
const MAX_STANDSTILL_MS = 10_000;

/** How many bytes of answers may wait in this process for all clients together. */
const MAX_UNTAKEN_BYTES = 16 * 1024 * 1024;

/** What waits for a client. */
interface Untaken {
  /** Bytes that the client had taken at `since`. */
  takenBytes: number;
  since: number;
}

/** Ends connections whose clients do not take their answers. Otherwise these would stay in the memory of this process. */
export class UntakenAnswers {
  private readonly untaken = new WeakMap<Socket, Untaken>();

  /** @param answering the connections with a request under way */
  check(answering: Iterable<Socket>): void {
    const now = performance.now();
    const waiting: Socket[] = [];
    let totalBytes = 0;
    for (const socket of answering) {
      if (socket.writableLength === 0) continue;
      if (this.hasStoodStill(socket, now)) socket.destroy();
      else {
        waiting.push(socket);
        totalBytes += socket.writableLength;
      }
    }
    if (totalBytes <= MAX_UNTAKEN_BYTES) return;
    waiting.sort((a, b) => b.writableLength - a.writableLength);
    for (const socket of waiting) {
      if (totalBytes <= MAX_UNTAKEN_BYTES) return;
      totalBytes -= socket.writableLength;
      socket.destroy();
    }
  }

  private hasStoodStill(socket: Socket, now: number): boolean {
    const takenBytes = socket.bytesWritten - socket.writableLength;
    const known = this.untaken.get(socket);
    if (known?.takenBytes !== takenBytes) {
      this.untaken.set(socket, { takenBytes, since: now });
      return false;
    }
    return now - known.since > MAX_STANDSTILL_MS;
  }
}
