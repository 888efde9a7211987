import { type Ack } from '@galley/contracts';
import { frame } from './frames.js';
import { connected, WebSocketClient, type OnSettled, type WebSocketClientOptions } from './websocket-client.js';

/** Told of each event: `bytes` from `start` to `end` are `42["name",payload]`, and are overwritten afterwards. */
export type OnEvent = (bytes: Buffer, start: number, end: number) => void;

export interface RawClientOptions extends Omit<WebSocketClientOptions, 'path'> {
  /** `auth` of Socket.IO as JSON text, so that a test can send text that no encoder writes. */
  auth?: string;
  /** Whether the client is live once the server sends the event `ready`; else once it is connected. Default: true. */
  hasReadyEvent?: boolean;
  onEvent?: OnEvent;
}

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

/**
 * A Socket.IO client over a bare WebSocket, for tests that send any bytes and for load. It answers pings. What few clients
 * need is created when it is needed.
 */
export class RawClient extends WebSocketClient {
  private receivedAcks?: Map<string, Ack<unknown>>;

  private constructor(
    private readonly options: RawClientOptions,
    onSettled: OnSettled,
  ) {
    super(options, onSettled);
  }

  /**
   * Resolves once the client is live.
   * @throws with the server's answer where that is a refusal: the status line, or the JSON of Socket.IO's error
   */
  static connect(options: RawClientOptions): Promise<RawClient> {
    return connected((onSettled) => new RawClient(options, onSettled));
  }

  /** The answers received so far, by the id of the event that they answer. */
  get acks(): ReadonlyMap<string, Ack<unknown>> {
    return (this.receivedAcks ??= new Map());
  }

  protected handleText(bytes: Buffer, start: number, end: number): void {
    const type = bytes[start];
    if (type === MESSAGE) this.handleMessage(bytes, start, end);
    else if (type === PING) this.send(PONG);
    else if (type === OPEN) this.send(frame(`40${this.options.auth ?? ''}`));
  }

  private handleMessage(bytes: Buffer, start: number, end: number): void {
    const type = bytes[start + 1];
    if (type === EVENT) {
      if (!this.isSettled && begins(bytes, start, READY)) this.settle();
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
