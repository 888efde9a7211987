import { type ServerResponse } from 'node:http';
import { type Socket as TcpSocket } from 'node:net';
import { ANONYMOUS, type Principal } from '@galley/access';
import { type ConnectAuth, type ServerToClientEvents } from '@galley/contracts';
import { Subscriber, type Encoding, type Outgoing, type Progress } from './subscriber.js';
import { gather, someWrittenTo } from './tcp-writes.js';
import { streamTextOf, wireEvent } from './wire-event.js';

/**
 * How long a client waits before it comes back, unless it is told otherwise: between these, so that not all clients of a
 * replica that has ended come back at the same moment.
 */
const COME_BACK_AFTER_MS = { atLeast: 1_000, atMost: 4_000 };

/** The same after an end that was meant: other replicas are there, and clients are sent to them one by one. */
const COME_BACK_SOON_MS = 1_000;

const HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-store, no-transform', // a proxy that compresses would hold events back
  'x-accel-buffering': 'no', // nginx would hold events back
};

export type AnswerHeaders = Record<string, number | string | string[] | undefined>;

/** What the readers of streams cost, as numbers that only grow. */
export interface StreamCounts {
  opened: number;
  cut: number;
  sentBytes: number;
}

/** A client that reads Server-Sent Events. */
export class EventStream extends Subscriber {
  readonly encoding: Encoding = 'stream';
  readonly transport = 'sse';
  principal: Principal = ANONYMOUS;
  authenticatedAtMs = 0;
  progress: Progress;
  private readonly tcp: TcpSocket;

  /**
   * @param response of a request that has the connection to itself from now on
   * @param counts of all streams
   */
  constructor(
    private readonly response: ServerResponse,
    readonly remoteAddress: string,
    request: ConnectAuth,
    private readonly counts: StreamCounts,
  ) {
    super();
    this.progress = { state: 'connecting', request };
    this.tcp = response.req.socket;
  }

  get isConnected(): boolean {
    return !this.response.writableEnded && this.tcp.writable;
  }

  get pendingBytes(): number {
    return this.tcp.writableLength;
  }

  get takenBytes(): number {
    return this.tcp.bytesWritten - this.tcp.writableLength;
  }

  /**
   * Sends the head of the answer, so that the client knows at once that it is accepted. The body has no length and no chunks:
   * it ends with the connection. So the same bytes serve every client, and are written past the answer in one write.
   * @param headers others that the answer has
   */
  open(headers: AnswerHeaders): void {
    const { atLeast, atMost } = COME_BACK_AFTER_MS;
    this.counts.opened++;
    gather(this.tcp); // together: the head and, if the client has missed nothing, `ready`
    this.writeHead(headers);
    this.response.flushHeaders();
    this.write(retryText(Math.round(atLeast + Math.random() * (atMost - atLeast))));
  }

  /** Answers a request for the head alone. */
  answerHead(headers: AnswerHeaders): void {
    this.writeHead(headers);
    this.response.end();
  }

  someWritten(): Promise<void> {
    return someWrittenTo(this.tcp);
  }

  send(outgoing: Outgoing): void {
    this.write(outgoing.bytesAs('stream'));
  }

  emit<Name extends keyof ServerToClientEvents>(
    name: Name,
    ...[payload]: Parameters<ServerToClientEvents[Name]>
  ): void {
    this.write(streamTextOf(wireEvent(name, payload)));
  }

  /** @param bytes whole lines, and whole events */
  write(bytes: Buffer | string): void {
    if (!this.isConnected) return;
    this.counts.sentBytes += bytes.length;
    this.tcp.write(bytes);
  }

  protected endConnection(): void {
    this.write(retryText(COME_BACK_SOON_MS));
    this.response.end();
  }

  /** The stream cannot say so. A client that comes back is refused, and that is final. */
  protected endForGood(): void {
    this.response.end();
  }

  protected cutConnection(): void {
    this.counts.cut++;
    this.tcp.destroy();
  }

  private writeHead(headers: AnswerHeaders): void {
    this.response.useChunkedEncodingByDefault = false;
    this.response.shouldKeepAlive = false;
    this.response.writeHead(200, { ...headers, ...HEADERS });
  }
}

const retryText = (milliseconds: number) => `retry: ${milliseconds}\n\n`;
