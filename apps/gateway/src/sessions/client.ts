import { type DefaultEventsMap, type Socket } from 'socket.io';
import { type ClientToServerEvents, type ConnectAuth, type ServerToClientEvents } from '#contracts';

/** Of a client that is not live yet. */
export interface SessionData {
  auth?: ConnectAuth;
  /** Resolves once the client has been sent what it missed and is in its rooms. */
  ready?: Promise<void>;
}

export type Client = Socket<ClientToServerEvents, ServerToClientEvents, DefaultEventsMap, SessionData>;
