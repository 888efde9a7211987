import { EventEmitter } from 'node:events';
import { type IncomingMessage } from 'node:http';
import { Writable } from 'node:stream';
import { type DisconnectReason } from 'socket.io';
import { ANONYMOUS, type Principal } from '@galley/access';
import { type Connection } from '../src/connections/engine-internals.js';
import { SocketSubscriber, type GatewaySocket } from '../src/connections/gateway-socket.js';

const HIGH_WATER_MARK_BYTES = 16_384;
const WS_OPEN = 1;
const WS_SENDER_IDLE = 0;

/**
 * The TCP socket of a client that takes each write at once, until it stalls. Emits `taken` with each write that the
 * client takes.
 */
class StandInTcp extends Writable {
  private bytesTaken = 0;
  private isStalled = false;
  private deliverWaiting?: () => void;

  constructor() {
    super({ highWaterMark: HIGH_WATER_MARK_BYTES });
  }

  /** Includes the waiting bytes, like `bytesWritten` of `net.Socket`. */
  get bytesWritten(): number {
    return this.bytesTaken + this.writableLength;
  }

  stall(): void {
    this.isStalled = true;
  }

  /** Takes the oldest write that waits. */
  takeOneWrite(): void {
    const take = this.deliverWaiting;
    this.deliverWaiting = undefined;
    take?.();
  }

  /** Takes all waiting writes, and all later ones. */
  takeAll(): void {
    this.isStalled = false;
    this.takeOneWrite();
  }

  override _write(bytes: Buffer, _encoding: BufferEncoding, done: () => void): void {
    const take = () => {
      this.bytesTaken += bytes.length;
      this.emit('taken', bytes);
      done();
    };
    if (this.isStalled) this.deliverWaiting = take;
    else take();
  }
}

/** A connection without a network. It has the fields of engine.io and ws that `engine-internals.ts` reads. */
export class StandInConnection extends EventEmitter {
  readonly tcp = new StandInTcp();
  readonly writeBuffer: { data: string }[] = [];
  readonly upgrading = false;
  readonly remoteAddress = '';
  readonly transport;
  readyState = 'open';
  /** How the gateway has ended the connection: gracefully, or dropping what waits. */
  ended?: 'closed' | 'cut';

  constructor(
    transport: 'websocket' | 'polling' = 'websocket',
    readonly request?: IncomingMessage,
  ) {
    super();
    this.transport = { name: transport, socket: transport === 'websocket' ? this.webSocket() : undefined };
  }

  /** As the gateway sees it. */
  get asConnection(): Connection {
    return this as unknown as Connection;
  }

  /** Sends a packet through engine.io. */
  write(data: string): void {
    this.writeBuffer.push({ data });
  }

  /** A polling client asks for what waits. */
  poll(): string[] {
    const packets = this.writeBuffer.splice(0).map(({ data }) => data);
    this.emit('drain');
    return packets;
  }

  close(discard = false): void {
    this.ended ??= discard ? 'cut' : 'closed';
    this.lose();
  }

  /** Ends the connection, as either side could. */
  lose(): void {
    if (this.readyState === 'closed') return;
    this.readyState = 'closed';
    this.tcp.destroy();
    this.emit('close');
  }

  private webSocket() {
    const { tcp } = this;
    return {
      readyState: WS_OPEN,
      extensions: '',
      _sender: { _state: WS_SENDER_IDLE },
      _socket: tcp,
      get bufferedAmount() {
        return tcp.writableLength;
      },
      terminate: () => {
        this.close(true);
      },
    };
  }
}

/** A socket of Socket.IO on such a connection. */
export class StandInSocket extends EventEmitter {
  connected = true;
  readonly handshake = {};
  readonly client = {};
  readonly data = new SocketSubscriber(this.asSocket);
  /** The events that the client was sent, except those that were written past Socket.IO. */
  readonly sent: { name: string | symbol; payload: unknown }[] = [];

  constructor(
    principal: Principal = ANONYMOUS,
    readonly conn = new StandInConnection(),
  ) {
    super();
    Object.assign(this.data, { principal, authenticatedAtMs: performance.now(), progress: { state: 'live' } });
    conn.once('close', () => {
      this.goAway('transport close');
    });
  }

  /** As the gateway sees it. */
  get asSocket(): GatewaySocket {
    return this as unknown as GatewaySocket;
  }

  /** Sends an event to the client, as Socket.IO does. */
  override emit(name: string | symbol, payload?: unknown): boolean {
    return this.sent.push({ name, payload }) > 0;
  }

  disconnect(): void {
    this.goAway('server namespace disconnect');
  }

  /** It is in no room of Socket.IO. */
  leave(): void {
    return;
  }

  goAway(reason: DisconnectReason): void {
    if (!this.connected) return;
    this.connected = false;
    super.emit('disconnect', reason);
  }
}
