/** A connection that is sent events, and is made again whenever it ends. */
export interface EventConnection {
  readonly isConnected: boolean;
  /** How the events come now; undefined while there is no connection. */
  readonly transport: string | undefined;
  /** Where the next connection continues; undefined if it does not. */
  readonly position: string | undefined;
  /** Whether the connection may end between the two events of an update. The answer to a poll has both or neither. */
  readonly maySplitUpdates: boolean;
  /** Cuts the connection, if there is one, as a network failure would. */
  cut(): void;
  /** Ends the connection. The listener is not called any more. */
  close(): void;
}

export interface EventConnectionListener {
  connected(): void;
  disconnected(): void;
  /** Called for each event: its name and its payload as in Socket.IO. */
  event(name: string, payload: unknown): void;
  /** Called for all that comes: packets of Socket.IO, pieces of an event stream. */
  received?: (text: string) => void;
}

export interface EventConnectionOptions {
  url: string;
  token?: string;
  /** The one order to follow; if absent, all that the client may see. */
  orderId?: string;
  /** Where to continue. */
  position?: string;
}
