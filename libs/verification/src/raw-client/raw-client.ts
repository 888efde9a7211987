import { connect, type Socket } from 'node:net';
import { frameSizeAt, headerSizeAt, opcodeAt, OPCODES, type Ack } from '@galley/contracts';
import { frame } from './frames.js';
import { upgradeRequest } from './upgrade-request.js';

/** Told of each event: `bytes` from `start` to `end` are `42["name",payload]`, and are overwritten afterwards. */
export type OnEvent = (bytes: Buffer, start: number, end: number) => void;

export interface RawClientOptions {
  url: string;
  /** `auth` of Socket.IO as JSON text, so that a test can send text that no encoder writes. */
  auth?: string;
  /** Whether the client is live once the server sends the event `ready`; else once it is connected. Default: true. */
  hasReadyEvent?: boolean;
  /** Whether the client keeps the connection that the server closes, as a client does that means harm. */
  lingers?: boolean;
  onEvent?: OnEvent;
}

const END_OF_HEAD = '\r\n\r\n';
const UPGRADED = 'HTTP/1.1 101';
const LONGEST_SERVER_HEADER = 10;

/** The first character of a packet of engine.io. */
const OPEN = 0x30; // "0"
const PING = 0x32; // "2"
const MESSAGE = 0x34; // "4"
/** The second one of a message, which is a packet of Socket.IO. */
const CONNECT = 0x30; // "0"
const EVENT = 0x32; // "2"
const ACK = 0x33; // "3"
const CONNECT_ERROR = 0x34; // "4"

const READY = Buffer.from('42["ready"');
const OPENING_BRACE = 0x7b; // "{"
const PONG = frame('3');

/** One buffer for all clients: what is read into it is handled before anything else is read. */
const READ_BUFFER = Buffer.allocUnsafe(1_048_576);

/**
 * A Socket.IO client over a bare WebSocket, for tests that send any bytes and for load. It answers pings and parses no
 * event by itself, so that thousands of clients fit on one core. What few clients need is created when it is needed.
 */
export class RawClient {
  private readonly socket: Socket;
  private isUpgraded = false;
  /** A copy of the beginning of the HTTP answer or of a frame, until the rest arrives. */
  private incomplete?: Buffer;
  private receivedAcks?: Map<string, Ack<unknown>>;

  /** @param onSettled called once, when the client is live or when it is clear that it will never be */
  private constructor(
    private readonly options: RawClientOptions,
    private onSettled: ((refusal?: Error) => void) | undefined,
  ) {
    const { hostname, port, host } = new URL(options.url);
    this.socket = connect({
      host: hostname,
      port: Number(port),
      noDelay: true,
      onread: {
        buffer: READ_BUFFER,
        callback: (length) => {
          this.read(READ_BUFFER.subarray(0, length));
          return true;
        },
      },
    });
    this.socket.on('error', (error) => {
      this.settle(error);
    });
    this.socket.on('close', () => {
      this.settle(new Error('the connection ended'));
    });
    this.socket.write(upgradeRequest(host));
  }

  /**
   * Resolves once the client is live.
   * @throws with the server's answer where that is a refusal: the status line, or the JSON of Socket.IO's error
   */
  static connect(options: RawClientOptions): Promise<RawClient> {
    return new Promise((resolve, reject) => {
      const client = new RawClient(options, (refusal) => {
        if (!refusal) {
          resolve(client);
          return;
        }
        client.destroy();
        reject(refusal);
      });
    });
  }

  /** The answers received so far, by the id of the event that they answer. */
  get acks(): ReadonlyMap<string, Ack<unknown>> {
    return (this.receivedAcks ??= new Map());
  }

  /** Whether the connection has ended, whichever side ended it. */
  get hasEnded(): boolean {
    return this.socket.closed;
  }

  /** Sends frames, or any other bytes, in one write. */
  send(...frames: Buffer[]): void {
    this.socket.write(Buffer.concat(frames));
  }

  /** Reads nothing from now on. */
  pause(): void {
    this.socket.pause();
  }

  /** Ends the connection without a word to the server. */
  destroy(): void {
    this.socket.destroy();
  }

  private settle(refusal?: Error): void {
    const { onSettled } = this;
    this.onSettled = undefined;
    onSettled?.(refusal);
  }

  private read(data: Buffer): void {
    if (!this.isUpgraded) this.readHead(this.incomplete ? Buffer.concat([this.incomplete, data]) : data);
    else this.readFrames(this.incomplete ? this.completeFrame(this.incomplete, data) : data);
  }

  private readHead(bytes: Buffer): void {
    const end = bytes.indexOf(END_OF_HEAD);
    if (end < 0) {
      this.keep(bytes);
      return;
    }
    this.incomplete = undefined;
    const statusLine = bytes.toString('latin1', 0, bytes.indexOf('\r\n'));
    this.isUpgraded = statusLine.startsWith(UPGRADED);
    if (this.isUpgraded) this.readFrames(bytes.subarray(end + END_OF_HEAD.length));
    else this.settle(new Error(statusLine));
  }

  /** Handles the frame that began earlier. @returns what follows it: to join it with the beginning would copy all of it */
  private completeFrame(begun: Buffer, data: Buffer): Buffer {
    const size = frameSizeAt(Buffer.concat([begun, data.subarray(0, LONGEST_SERVER_HEADER)]), 0);
    if (begun.length + data.length < size) {
      this.incomplete = Buffer.concat([begun, data]);
      return data.subarray(data.length);
    }
    this.incomplete = undefined;
    const missing = size - begun.length;
    this.readFrames(Buffer.concat([begun, data.subarray(0, missing)]));
    return data.subarray(missing);
  }

  private readFrames(bytes: Buffer): void {
    let at = 0;
    while (at < bytes.length) {
      const size = frameSizeAt(bytes, at);
      if (bytes.length - at < size) {
        this.keep(bytes.subarray(at));
        return;
      }
      const opcode = opcodeAt(bytes, at);
      if (opcode === OPCODES.text) this.handlePacket(bytes, at + headerSizeAt(bytes, at), at + size);
      else if (opcode === OPCODES.close && this.options.lingers !== true) this.destroy();
      at += size;
    }
  }

  private keep(bytes: Buffer): void {
    this.incomplete = Buffer.from(bytes);
  }

  private handlePacket(bytes: Buffer, start: number, end: number): void {
    const type = bytes[start];
    if (type === MESSAGE) this.handleMessage(bytes, start, end);
    else if (type === PING) this.socket.write(PONG);
    else if (type === OPEN) this.socket.write(frame(`40${this.options.auth ?? ''}`));
  }

  private handleMessage(bytes: Buffer, start: number, end: number): void {
    const type = bytes[start + 1];
    if (type === EVENT) {
      if (this.onSettled && begins(bytes, start, READY)) this.settle();
      else this.options.onEvent?.(bytes, start, end);
    } else if (type === CONNECT) {
      if (this.options.hasReadyEvent === false) this.settle();
    } else if (type === ACK) {
      this.recordAck(bytes.toString('utf8', start + 2, end));
    } else if (type === CONNECT_ERROR && bytes[start + 2] === OPENING_BRACE) {
      // A refusal of another namespace, which begins with its name, leaves the connection as it is.
      this.settle(new Error(bytes.toString('utf8', start + 2, end)));
    }
  }

  private recordAck(ack: string): void {
    const endOfId = ack.indexOf('[');
    const [answer] = JSON.parse(ack.slice(endOfId)) as [Ack<unknown>];
    (this.receivedAcks ??= new Map<string, Ack<unknown>>()).set(ack.slice(0, endOfId), answer);
  }
}

/** Whether the bytes at `start` are those of `mark`. Makes no view of them, which would be one for each event. */
function begins(bytes: Buffer, start: number, mark: Buffer): boolean {
  // From the end: names of events begin alike more often than they end alike.
  for (let i = mark.length - 1; i >= 0; i--) if (bytes[start + i] !== mark[i]) return false;
  return true;
}
