import { io, type Socket } from 'socket.io-client';
import { type ClientToServerEvents, type ServerToClientEvents } from '@galley/contracts';
import { type EventConnection, type EventConnectionListener, type EventConnectionOptions } from './event-connection.js';

/** The transports of Socket.IO that a client uses, the first one first: it upgrades to the second. */
export type Transports = readonly ('websocket' | 'polling')[];

/** Events over Socket.IO. */
export class SocketConnection implements EventConnection {
  position: string | undefined;
  private readonly socket: Socket<ServerToClientEvents, ClientToServerEvents>;

  constructor(
    { url, token, orderId, position, transports }: EventConnectionOptions & { transports: Transports },
    listener: EventConnectionListener,
  ) {
    this.position = position;
    this.socket = io(url, {
      auth: (give) => {
        give({
          ...{ token, feed: true },
          ...(orderId !== undefined && { rooms: [{ orderId }] }),
          ...(this.position !== undefined && { position: this.position }),
        });
      },
      transports: [...transports],
      forceNew: true,
      reconnectionDelay: 100,
      reconnectionDelayMax: 1_000,
    });
    // What arrives as a connection ends is handed out by Socket.IO when the next one begins, right before `connect`.
    let isConnected = false;
    this.socket.on('connect', () => {
      isConnected = true;
      listener.connected();
      this.socket.io.engine.on('data', (data) => listener.received?.(String(data)));
    });
    this.socket.on('disconnect', () => {
      isConnected = false;
      listener.disconnected();
    });
    this.socket.onAny((name: string, payload: { position?: string }) => {
      if (!isConnected) return;
      // An update is complete only after the second of its events.
      if (name === 'resync' || ('position' in payload && name !== 'orderUpdated')) this.position = payload.position;
      listener.event(name, payload);
    });
  }

  get isConnected(): boolean {
    return this.socket.connected;
  }

  get transport(): string | undefined {
    return this.isConnected ? this.socket.io.engine.transport.name : undefined;
  }

  get maySplitUpdates(): boolean {
    return this.socket.io.engine.transport.name !== 'polling';
  }

  cut(): void {
    const { engine } = this.socket.io;
    // Socket.IO does not notice that an attempt to connect was closed, and goes on waiting for it.
    if (engine.readyState === 'open') engine.close();
  }

  close(): void {
    this.socket.off().offAny();
    this.socket.disconnect();
  }
}
