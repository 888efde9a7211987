import { type DefaultEventsMap, type Socket } from 'socket.io';
import { ANONYMOUS, type Principal } from '@galley/access';
import { type ClientToServerEvents, type ServerToClientEvents } from '@galley/contracts';
import { cut, directSocket, end, pendingBytes, someWritten, takenBytes, writeTogether } from './engine-internals.js';
import { Subscriber, type Encoding, type Outgoing, type Progress } from './subscriber.js';

/** A client as Socket.IO sees it. */
export type GatewaySocket = Socket<ClientToServerEvents, ServerToClientEvents, DefaultEventsMap, SocketSubscriber>;

/** A client of Socket.IO. It is the `data` of its socket. */
export class SocketSubscriber extends Subscriber {
  readonly encoding: Encoding = 'frames';
  principal: Principal = ANONYMOUS;
  authenticatedAtMs = 0;
  progress: Progress = { state: 'connecting', request: {} };
  /** How many events were refused in a row. */
  refusals?: number = undefined;

  constructor(private readonly socket: GatewaySocket) {
    super();
  }

  get transport(): string {
    return this.socket.conn.transport.name;
  }

  get isConnected(): boolean {
    return this.socket.connected;
  }

  get remoteAddress(): string {
    return this.socket.conn.remoteAddress;
  }

  get pendingBytes(): number {
    return pendingBytes(this.socket.conn);
  }

  get takenBytes(): number | undefined {
    return takenBytes(this.socket.conn);
  }

  someWritten(): Promise<void> {
    return someWritten(this.socket.conn);
  }

  /** Writes past engine.io if the events stay in order. Otherwise engine.io sends the packets. */
  send(outgoing: Outgoing): void {
    const { conn } = this.socket;
    const tcp = directSocket(conn);
    if (tcp) tcp.write(outgoing.bytesAs('frames'));
    else writeTogether(conn, outgoing.packets);
  }

  emit<Name extends keyof ServerToClientEvents>(name: Name, ...payload: Parameters<ServerToClientEvents[Name]>): void {
    this.socket.emit(name, ...payload);
  }

  protected endConnection(): void {
    end(this.socket.conn);
  }

  protected endForGood(): void {
    this.socket.disconnect(true);
  }

  protected cutConnection(): void {
    cut(this.socket.conn);
  }
}
