import { connect, type Socket } from 'node:net';

/** Told of each event: `bytes` from `start` to `end` are `42["name",payload]`, and are overwritten afterwards. */
export type OnEvent = (bytes: Buffer, start: number, end: number) => void;

export interface RawClientOptions {
  url: string;
  /** `auth` of Socket.IO. */
  auth?: object;
  /** The event after which the client counts as connected; absent: the connection itself. */
  readyEvent?: string;
  onEvent?: OnEvent;
}

const TEXT = 1; // the opcode
const LONGEST_HEADER = 10;
const OPEN = 0x30; // "0"
const PING = 0x32; // "2"
const MESSAGE = 0x34; // "4"
const CONNECTED = 0x30; // "0"
const EVENT = 0x32; // "2"

/** One for all clients: what is read is looked at before anything else is read. */
const READ_BUFFER = Buffer.allocUnsafe(1_048_576);

/**
 * A Socket.IO client over WebSocket that does next to nothing, so that thousands fit on one core. It answers pings, and
 * looks at no payload by itself.
 */
export class RawClient {
  /** Resolves once it is connected, or is live where that is an event. */
  readonly ready: Promise<void>;
  private readonly socket: Socket;
  private rest?: Buffer;
  private upgraded = false;
  private settle: (error?: Error) => void = () => undefined;
  private readonly readyMark?: Buffer;

  constructor(private readonly options: RawClientOptions) {
    const { hostname, port, host } = new URL(options.url);
    this.ready = new Promise((resolve, reject) => {
      this.settle = (error) => {
        if (error) reject(error);
        else resolve();
      };
    });
    if (options.readyEvent !== undefined) this.readyMark = Buffer.from(`42["${options.readyEvent}"`);
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
      this.settle(new Error('closed before it was connected'));
    });
    this.socket.write(
      `GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
    );
  }

  close(): void {
    this.socket.destroy();
  }

  private read(data: Buffer): void {
    if (this.upgraded) {
      this.readFrames(this.rest ? this.completeFrame(this.rest, data) : data);
      return;
    }
    const bytes = this.rest ? Buffer.concat([this.rest, data]) : data;
    this.rest = undefined;
    const end = bytes.indexOf('\r\n\r\n');
    if (end < 0) {
      this.keep(bytes);
      return;
    }
    const status = bytes.toString('latin1', 0, 12);
    if (status !== 'HTTP/1.1 101') {
      this.settle(new Error(`refused: ${status}`));
      return;
    }
    this.upgraded = true;
    this.readFrames(bytes.subarray(end + 4));
  }

  /** Takes the frame that began earlier. @returns what follows it; to join the two would copy all of it. */
  private completeFrame(begun: Buffer, data: Buffer): Buffer {
    const size = frameSize(Buffer.concat([begun, data.subarray(0, LONGEST_HEADER)]), 0);
    if (begun.length + data.length < size) {
      this.rest = Buffer.concat([begun, data]);
      return data.subarray(data.length);
    }
    this.rest = undefined;
    const missing = size - begun.length;
    this.readFrames(Buffer.concat([begun, data.subarray(0, missing)]));
    return data.subarray(missing);
  }

  private readFrames(bytes: Buffer): void {
    let at = 0;
    while (at < bytes.length) {
      const size = frameSize(bytes, at);
      if (bytes.length - at < size) {
        this.keep(bytes.subarray(at));
        return;
      }
      if (((bytes[at] ?? 0) & 0x0f) === TEXT) this.take(bytes, at + headerSize(bytes, at), at + size);
      at += size;
    }
  }

  private keep(bytes: Buffer): void {
    this.rest = Buffer.from(bytes);
  }

  private take(bytes: Buffer, start: number, end: number): void {
    const type = bytes[start];
    if (type === PING) this.send('3');
    else if (type === OPEN) this.send(`40${JSON.stringify(this.options.auth ?? {})}`);
    else if (type === MESSAGE) this.takeMessage(bytes, start, end);
  }

  private takeMessage(bytes: Buffer, start: number, end: number): void {
    const type = bytes[start + 1];
    if (type === EVENT) {
      if (this.readyMark && begins(bytes, start, this.readyMark)) this.settle();
      else this.options.onEvent?.(bytes, start, end);
    } else if (type === CONNECTED) {
      if (!this.readyMark) this.settle();
    } else this.settle(new Error(bytes.toString('utf8', start, end)));
  }

  /** With the mask that changes nothing. */
  private send(text: string): void {
    const { length } = Buffer.from(text);
    const header = length < 126 ? [0x81, 0x80 | length] : [0x81, 0xfe, length >> 8, length & 0xff];
    this.socket.write(Buffer.concat([Buffer.from([...header, 0, 0, 0, 0]), Buffer.from(text)]));
  }
}

/** Of an unmasked frame. */
const headerSize = (bytes: Buffer, at: number) => {
  const size = bytes[at + 1] ?? 0;
  return size < 126 ? 2 : size === 126 ? 4 : 10;
};

/** @returns infinity while its header is not there. */
function frameSize(bytes: Buffer, at: number): number {
  const header = headerSize(bytes, at);
  if (bytes.length - at < header) return Infinity;
  if (header === 2) return header + (bytes[at + 1] ?? 0);
  return header + (header === 4 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2)));
}

/** Without a view of the bytes, of which there would be one an event. */
function begins(bytes: Buffer, start: number, mark: Buffer): boolean {
  // From the end: names of events begin alike more often than they end alike.
  for (let i = mark.length - 1; i >= 0; i--) if (bytes[start + i] !== mark[i]) return false;
  return true;
}

/**
 * Connects `count` clients, at most `atOnce` at a time.
 * @param connected called as each of them is
 */
export async function connectMany(
  count: number,
  optionsOf: (index: number) => RawClientOptions,
  atOnce = 200,
  connected: () => void = () => undefined,
): Promise<RawClient[]> {
  const clients: RawClient[] = [];
  const connectNext = async () => {
    while (clients.length < count) {
      const client = new RawClient(optionsOf(clients.length));
      clients.push(client);
      await client.ready;
      connected();
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, count) }, connectNext));
  return clients;
}
