import { type DefaultEventsMap, type Socket } from 'socket.io';
import { type Principal } from '@galley/access';
import {
  type ClientToServerEvents,
  type ConnectAuth,
  type Position,
  type ServerToClientEvents,
} from '@galley/contracts';

/** How far a client has come, with what each state needs. */
export type Progress =
  /** What it said of itself is well-formed; who it is and whether it may come in is being decided. */
  | { state: 'connecting'; request: ConnectAuth }
  /** It is let in, and is sent what it missed since it was last connected. */
  | { state: 'joining'; since?: Position; rooms: readonly string[]; feed: boolean; joined?: Promise<void> }
  /** It is told of every change as it comes. */
  | { state: 'live' };

/** What is known of a connected client. */
export interface SocketData {
  principal: Principal;
  progress: Progress;
  /** The second, since 1970, at which its token is warned of or ends. */
  tokenDueAt?: number;
  /** Events refused in a row. */
  refusals?: number;
}

/** A client as this gateway sees it. */
export type GatewaySocket = Socket<ClientToServerEvents, ServerToClientEvents, DefaultEventsMap, SocketData>;
