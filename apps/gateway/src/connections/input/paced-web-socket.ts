import { type IncomingMessage } from 'node:http';
import { type Socket as TcpSocket } from 'node:net';
import { type Duplex, type Writable } from 'node:stream';
import { WebSocket, WebSocketServer, type ServerOptions } from 'ws';
import { pendingBytes, webSocketOf, type Connection } from '../engine-internals.js';
import { COST_BYTES, MAX_UNREAD_BYTES, UNREAD_PAUSE_MS, type Allowance } from './allowance.js';
import { CUT_AFTER_MS, END_AFTER_MS } from './excess.js';
import { TurnQueue } from './turn-queue.js';

/** Bytes that are parsed at once. They hold at most 170 frames. */
const PIECE_BYTES = 1_024;

/** Frames of a client that is not accepted yet, of any kind. */
const MAX_FIRST_FRAMES = 32;

/** What ws keeps of a message or of a frame that is not complete. A client that cuts its messages smaller is refused. */
const MAX_FRAGMENTS = 128;
const MAX_BUFFERED_CHUNKS = 512;

/** How long a client may take to close a connection that this process closes. */
const CLOSE_TIMEOUT_MS = 5_000;

/** The events of a WebSocket that a frame of its peer causes. */
const FRAME_EVENTS: ReadonlySet<string | symbol> = new Set(['message', 'ping', 'pong']);

type Done = (error?: Error | null) => void;

/** The stream of ws that parses what a peer sends. It is not public; `input.e2e-spec.ts` fails if it changes. */
interface Receiver extends Writable {
  webSocket?: PacedWebSocket;
}

/** Decides over the WebSockets of a server. */
export interface Supervisor {
  allowance(): Allowance;
  /** The connection that already belongs to a request to upgrade. */
  connectionOf(request: IncomingMessage): Connection | undefined;
  hasAccepted(connection: Connection | undefined): boolean;
  end(webSocket: PacedWebSocket): void;
}

type Options = ServerOptions<typeof PacedWebSocket>;

const turns = new TurnQueue();

/**
 * A WebSocket whose peer is read at a bounded pace. All that the peer sends is charged to its allowance: bytes, reads and
 * frames. While that is overdrawn nothing is read, so that TCP makes the peer wait. A peer that never stops is ended.
 * Whatever arrives is parsed in small pieces, since a chunk of 64 kB may hold 10,000 frames.
 */
export class PacedWebSocket extends WebSocket {
  /** The connection that it belongs to, once engine.io has made one. */
  connection?: Connection;
  private supervisor?: Supervisor;
  private allowance?: Allowance;
  private firstFrames = 0;
  /** Whether its peer is not read any more. */
  private isOver = false;
  private isParsing = false;

  /** Called before anything is read. */
  pace(supervisor: Supervisor, connection: Connection | undefined): void {
    this.supervisor = supervisor;
    this.connection = connection;
    this.allowance = supervisor.allowance();
    this.receiver.webSocket = this;
    this.receiver._write = writePaced;
  }

  override emit(event: string | symbol, ...args: unknown[]): boolean {
    if (FRAME_EVENTS.has(event)) this.countFrame();
    else if (event === 'error') this.endOffender();
    return super.emit(event, ...args);
  }

  /** Drops what was read and not parsed yet. */
  override pause(): void {
    this.isOver = true;
    super.pause();
  }

  /**
   * Sends no close frame, unless the peer has sent one or has broken a protocol: some clients read nothing after a close frame and
   * do not answer it either, so they would notice only at their ping timeout, after up to 45 s. All of them notice the end of a
   * TCP connection. A WebSocket that its connection does not use yet gets a close frame, too: if it ended before the client of
   * JavaScript has paused polling, this client would wait for its ping timeout.
   */
  override close(code?: number, reason?: string | Buffer): void {
    const isInUse = this.connection !== undefined && webSocketOf(this.connection) === this;
    if (code === undefined && isInUse && !this.isParsing && this.readyState === WebSocket.OPEN) this.endTcp();
    else super.close(code, reason);
  }

  private endTcp(): void {
    this.isOver = true;
    this.tcp.end();
    setTimeout(() => {
      this.terminate();
    }, END_AFTER_MS).unref();
  }

  override terminate(): void {
    this.isOver = true;
    super.terminate();
  }

  /** Parses a chunk, sooner or later. ws sends no other chunk before `done` is called. */
  read(chunk: Buffer, done: Done): void {
    this.allowance?.spend(COST_BYTES.read);
    this.readPiece(chunk, done);
  }

  private readPiece(bytes: Buffer, done: Done, hasWaited = false): void {
    const waitMs = this.waitMs(hasWaited);
    if (this.isOver || (waitMs > 0 && this.tcp.destroyed)) {
      done();
      return;
    }
    if (waitMs > 0) {
      setTimeout(() => {
        this.readPiece(bytes, done, true);
      }, waitMs).unref();
      return;
    }
    this.parse(bytes.subarray(0, PIECE_BYTES), (error) => {
      if (error || bytes.length <= PIECE_BYTES) done(error);
      else {
        turns.add(() => {
          this.readPiece(bytes.subarray(PIECE_BYTES), done);
        });
      }
    });
  }

  private parse(piece: Buffer, done: Done): void {
    this.allowance?.spend(piece.length);
    const { tcp, readyState } = this;
    tcp.cork(); // the answers to all frames of a piece leave in one write
    this.isParsing = true;
    (Object.getPrototypeOf(this.receiver) as Writable)._write.call(this.receiver, piece, 'binary', done);
    this.isParsing = false;
    tcp.uncork();
    if (readyState !== WebSocket.OPEN || this.readyState !== WebSocket.CLOSING) return;
    if (this.hasReceivedClose) tcp.destroySoon();
    else this.endOffender();
  }

  /** The peer has broken a protocol, of whichever layer, and was told so. It waits for its end without being read. */
  private endOffender(): void {
    process.nextTick(() => {
      this.pause(); // ws goes on reading in this tick, to throw away what comes
    });
    setTimeout(() => {
      this.tcp.destroySoon();
    }, END_AFTER_MS).unref();
  }

  /** @param hasWaited whether the peer has just waited for its turn */
  private waitMs(hasWaited: boolean): number {
    const { waitMs = 0, overForMs = 0 } = this.allowance ?? {};
    if (waitMs > 0 && overForMs > CUT_AFTER_MS) this.supervisor?.end(this);
    const unreadBytes = this.connection ? pendingBytes(this.connection) : this.bufferedAmount;
    return Math.max(waitMs, !hasWaited && unreadBytes > MAX_UNREAD_BYTES ? UNREAD_PAUSE_MS : 0);
  }

  private countFrame(): void {
    this.allowance?.spend(COST_BYTES.packet);
    if (this.firstFrames > MAX_FIRST_FRAMES) return;
    this.firstFrames++;
    if (this.firstFrames > MAX_FIRST_FRAMES && !this.supervisor?.hasAccepted(this.connection))
      this.supervisor?.end(this);
  }

  private get receiver(): Receiver {
    return (this as unknown as { _receiver: Receiver })._receiver;
  }

  private get hasReceivedClose(): boolean {
    return (this as unknown as { _closeFrameReceived: boolean })._closeFrameReceived;
  }

  private get tcp(): TcpSocket {
    return (this as unknown as { _socket: TcpSocket })._socket;
  }
}

/** One function for all receivers, which call it with themselves as `this`. */
function writePaced(this: Receiver, chunk: Buffer, _encoding: BufferEncoding, done: Done): void {
  this.webSocket?.read(chunk, done);
}

/** `wsEngine` of engine.io: the class of its server for WebSockets. */
export const pacedWebSocketServer = (supervisor: Supervisor): new (options: Options) => object =>
  class extends WebSocketServer<typeof PacedWebSocket> {
    constructor(options: Options) {
      super({
        ...options,
        WebSocket: PacedWebSocket,
        maxFragments: MAX_FRAGMENTS,
        maxBufferedChunks: MAX_BUFFERED_CHUNKS,
        closeTimeout: CLOSE_TIMEOUT_MS,
      } as Options);
    }

    override handleUpgrade(
      request: IncomingMessage,
      tcp: Duplex,
      head: Buffer,
      use: (webSocket: PacedWebSocket, request: IncomingMessage) => void,
    ): void {
      super.handleUpgrade(request, tcp, head, (webSocket) => {
        webSocket.pace(supervisor, supervisor.connectionOf(request));
        use(webSocket, request);
      });
    }
  };
