import { connect, type Socket } from 'node:net';
import { frameSizeAt, headerSizeAt, opcodeAt, OPCODES } from '@galley/contracts';
import { upgradeRequest } from './upgrade-request.js';

const END_OF_HEAD = '\r\n\r\n';
const UPGRADED = 'HTTP/1.1 101';
const LONGEST_SERVER_HEADER = 10;

/** One buffer for all clients: what is read into it is handled before anything else is read. */
const READ_BUFFER = Buffer.allocUnsafe(1_048_576);

export interface WebSocketClientOptions {
  url: string;
  /** Where the server upgrades to WebSocket; absent: Socket.IO's. */
  path?: string;
  /** Whether the client keeps the connection that the server closes, as a client does that means harm. */
  lingers?: boolean;
}

/** Called once, when a client is live or when it is clear that it will never be. */
export type OnSettled = (refusal?: Error) => void;

/** A bare WebSocket that parses no message by itself, so that thousands of clients fit on one core. */
export abstract class WebSocketClient {
  private readonly socket: Socket;
  private isUpgraded = false;
  /** A copy of the beginning of the HTTP answer or of a frame, until the rest arrives. */
  private incomplete?: Buffer;
  private readonly lingers: boolean;

  protected constructor(
    { url, path, lingers = false }: WebSocketClientOptions,
    private onSettled: OnSettled | undefined,
  ) {
    this.lingers = lingers;
    const { hostname, port, host } = new URL(url);
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
    this.socket.write(upgradeRequest(host, path));
  }

  /** Told of each text message: `bytes` from `start` to `end`, which are overwritten afterwards. */
  protected abstract handleText(bytes: Buffer, start: number, end: number): void;

  /** Called once the server has upgraded. A client of Socket.IO waits for the server's first packet. */
  protected handleUpgrade(): void {
    return;
  }

  /** Whether the connection has ended, whichever side ended it. */
  get hasEnded(): boolean {
    return this.socket.closed;
  }

  /** Sends frames, or any other bytes, in one write. */
  send(...frames: Buffer[]): void {
    this.socket.write(frames.length === 1 && frames[0] ? frames[0] : Buffer.concat(frames));
  }

  /** Reads nothing from now on. */
  pause(): void {
    this.socket.pause();
  }

  /** Ends the connection without a word to the server. */
  destroy(): void {
    this.socket.destroy();
  }

  protected get isSettled(): boolean {
    return this.onSettled === undefined;
  }

  protected settle(refusal?: Error): void {
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
    if (!this.isUpgraded) {
      this.settle(new Error(statusLine));
      return;
    }
    this.handleUpgrade();
    this.readFrames(bytes.subarray(end + END_OF_HEAD.length));
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
      if (opcode === OPCODES.text) this.handleText(bytes, at + headerSizeAt(bytes, at), at + size);
      else if (opcode === OPCODES.close) this.handleClose(bytes.subarray(at + headerSizeAt(bytes, at), at + size));
      at += size;
    }
  }

  /** @param payload a code of two bytes and a text, or nothing */
  private handleClose(payload: Buffer): void {
    if (this.lingers) return;
    const reason = payload.length < 2 ? '' : `: ${payload.readUInt16BE()} ${payload.toString('utf8', 2)}`.trimEnd();
    this.settle(new Error(`the connection ended${reason}`));
    this.destroy();
  }

  private keep(bytes: Buffer): void {
    this.incomplete = Buffer.from(bytes);
  }
}

/**
 * Makes a client. Resolves once it is live.
 * @throws with the server's answer where that is a refusal
 */
export function connected<Client extends WebSocketClient>(make: (onSettled: OnSettled) => Client): Promise<Client> {
  return new Promise((resolve, reject) => {
    const client = make((refusal) => {
      if (!refusal) {
        resolve(client);
        return;
      }
      client.destroy();
      reject(refusal);
    });
  });
}
