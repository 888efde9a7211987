import { io, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client';
import {
  type Ack,
  type ConnectRefusal,
  type ClientToServerEvents,
  type OrderUpdatedEvent,
  type ReadyEvent,
  type ResyncEvent,
  type RoomRequest,
  type RoomsJoined,
  type ServerToClientEvents,
  type TokenExpiringEvent,
} from '@galley/contracts';
import { own } from './own.js';
import { waitFor } from './wait-for.js';

export interface ReceivedEvent {
  name: string;
  payload: Partial<OrderUpdatedEvent>;
}

/** Events about the connection itself, and not about orders. */
const CONNECTION_EVENTS = ['ready', 'resync', 'feed', 'tokenExpiring'];

/**
 * Disconnects, and waits until the connection sends nothing more: a polling client still has to say goodbye in a request,
 * and code that Jest runs after a test file has ended fails.
 */
async function closed(socket: Socket): Promise<void> {
  const { engine } = socket.io;
  socket.disconnect();
  await waitFor(() => engine.readyState === 'closed', 'the connection to close');
}

/** A plain Socket.IO client that records every event that it gets, in order. */
export class TestClient {
  /** Changes and announcements. */
  readonly events: ReceivedEvent[] = [];
  readonly connectionEvents: { name: string; payload: Partial<ReadyEvent & ResyncEvent & TokenExpiringEvent> }[] = [];

  private constructor(readonly socket: Socket<ServerToClientEvents, ClientToServerEvents>) {
    own(() => closed(socket));
    socket.onAny((name: string, payload: unknown) => {
      const log = CONNECTION_EVENTS.includes(name) ? this.connectionEvents : this.events;
      log.push({ name, payload: payload as never });
    });
  }

  /** Resolves once connected and live. */
  static async connect(url: string, options: Partial<ManagerOptions & SocketOptions> = {}): Promise<TestClient> {
    const client = new TestClient(io(url, { forceNew: true, reconnectionDelayMax: 500, ...options }));
    try {
      await waitFor(() => client.ready, `a connection to ${url}`);
    } catch (error) {
      client.close();
      throw error;
    }
    return client;
  }

  /** Tries to connect once. @returns the refusal, as in `connect_error` */
  static async refused(url: string, options: Partial<ManagerOptions & SocketOptions> = {}): Promise<ConnectRefusal> {
    const socket = io(url, { forceNew: true, reconnection: false, ...options });
    try {
      return await new Promise((resolve, reject) => {
        socket.once('connect', () => {
          reject(new Error('the connection was not refused'));
        });
        socket.once('connect_error', (error) => {
          const { data } = error as { data?: ConnectRefusal };
          resolve(data ?? { code: 'forbidden', message: error.message, retryable: false });
        });
      });
    } finally {
      await closed(socket);
    }
  }

  /** The newest `ready`. */
  get ready(): ReadyEvent | undefined {
    return this.connectionEvents.findLast(({ name }) => name === 'ready')?.payload as ReadyEvent | undefined;
  }

  /** The position from which the client could resume. An update is complete with the second of its events. */
  get position(): string | undefined {
    const last = this.events.findLast(({ name, payload }) => payload.position && name !== 'orderUpdated');
    return last?.payload.position ?? this.ready?.position;
  }

  /** The revisions in the events of this name, in the order of arrival. */
  revisions(name: string): (number | undefined)[] {
    return this.events.filter((event) => event.name === name).map(({ payload }) => payload.revision);
  }

  /** Resolves with the first event of this name, past or future, that `matches`. */
  async event(name: string, matches: (payload: ReceivedEvent['payload']) => boolean = () => true) {
    const found = () => this.events.find((event) => event.name === name && matches(event.payload));
    return (await waitFor(found, `the event ${name}`)).payload;
  }

  joinRoom(room?: RoomRequest): Promise<Ack<RoomsJoined>> {
    return this.socket.timeout(5_000).emitWithAck('joinRoom', room);
  }

  leaveRoom(room?: RoomRequest): Promise<Ack<RoomsJoined>> {
    return this.socket.timeout(5_000).emitWithAck('leaveRoom', room);
  }

  close(): void {
    this.socket.disconnect();
  }
}
