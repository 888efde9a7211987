import { type DefaultEventsMap, type Socket } from 'socket.io';
import { type Principal } from '@galley/access';
import { type ClientToServerEvents, type Position, type ServerToClientEvents } from '@galley/contracts';

/** What a client asked for when it connected. */
export interface Entry {
  /** The last change that it knows of. */
  since?: Position;
  rooms: string[];
  feed: boolean;
}

/** What is known of a connected client. */
export interface SessionData {
  principal: Principal;
  /** Until it is live. */
  entry?: Entry;
  /** Resolves once the client has been sent what it missed and is in its rooms. */
  ready?: Promise<void>;
  /** The second at which its token is to be looked at. */
  dueAt?: number;
  /** Events refused in a row. */
  refusals?: number;
}

export type Client = Socket<ClientToServerEvents, ServerToClientEvents, DefaultEventsMap, SessionData>;
