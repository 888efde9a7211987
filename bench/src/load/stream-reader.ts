import { connect, type Socket } from 'node:net';
import { type OnEvent } from '@galley/verification';

const END_OF_HEAD = '\r\n\r\n';
const END_OF_EVENT = '\n\n';
const EVENT = 'event: ';
const NOT_FOUND = -1;
const READY = 'event: ready\n';

interface StreamReaderOptions {
  url: string;
  token: string;
  /** Told of each event but `ready`: `bytes` from `start` to `end` are its lines, and are overwritten afterwards. */
  onEvent: OnEvent;
}

/** One buffer for all readers: what is read into it is handled before anything else is read. */
const READ_BUFFER = Buffer.allocUnsafe(1_048_576);

/** Reads `GET /changes`, and parses no event by itself, so that thousands of readers fit on one core. */
export class StreamReader {
  private readonly socket: Socket;
  private hasHead = false;
  /** A copy of the beginning of the head or of an event, until the rest arrives. */
  private incomplete?: Buffer;

  private constructor(
    { url, token, onEvent }: StreamReaderOptions,
    private readonly onReady: () => void,
    onEnd: (reason: Error) => void,
  ) {
    const { hostname, port, host } = new URL(url);
    const callback = (length: number) => {
      this.read(READ_BUFFER.subarray(0, length), onEvent);
      return true;
    };
    const onread = { buffer: READ_BUFFER, callback };
    this.socket = connect({ host: hostname, port: Number(port), noDelay: true, onread });
    this.socket.on('error', onEnd);
    this.socket.on('close', () => {
      onEnd(new Error('the stream ended'));
    });
    this.socket.write(`GET /changes HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${token}\r\n\r\n`);
  }

  /** Resolves once the reader gets every change. */
  static open(options: StreamReaderOptions): Promise<StreamReader> {
    return new Promise((resolve, reject) => {
      const reader: StreamReader = new StreamReader(
        options,
        () => {
          resolve(reader);
        },
        reject,
      );
    });
  }

  private read(data: Buffer, onEvent: OnEvent): void {
    const bytes = this.incomplete ? Buffer.concat([this.incomplete, data]) : data;
    let start = this.hasHead ? 0 : this.readHead(bytes);
    let end = this.hasHead ? bytes.indexOf(END_OF_EVENT, start) : NOT_FOUND;
    while (end !== NOT_FOUND) {
      if (startsWith(bytes, start, READY)) this.onReady();
      else if (startsWith(bytes, start, EVENT)) onEvent(bytes, start, end);
      start = end + END_OF_EVENT.length;
      end = bytes.indexOf(END_OF_EVENT, start);
    }
    this.incomplete = start < bytes.length ? Buffer.from(bytes.subarray(start)) : undefined;
  }

  /** @returns where the first event begins */
  private readHead(bytes: Buffer): number {
    const end = bytes.indexOf(END_OF_HEAD);
    if (end < 0) return 0;
    this.hasHead = true;
    return end + END_OF_HEAD.length;
  }
}

const startsWith = (bytes: Buffer, at: number, text: string) => bytes.toString('latin1', at, at + text.length) === text;
