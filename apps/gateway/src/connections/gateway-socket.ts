import { type DefaultEventsMap, type Socket } from 'socket.io';
import { type Principal } from '@galley/access';
import {
  type ClientToServerEvents,
  type ConnectAuth,
  type Position,
  type ServerToClientEvents,
} from '@galley/contracts';

/** The states of a client's connection, each with its data. */
export type Progress =
  /** Its connect request is well-formed. The remaining stages still have to accept it. */
  | { state: 'connecting'; request: ConnectAuth }
  /** It is accepted, and is sent the changes that it missed. */
  | { state: 'joining'; since?: Position; rooms: readonly string[]; feed: boolean; joined?: Promise<void> }
  /** It is sent every change as it comes. */
  | { state: 'live' };

/** What the gateway knows about a connected client. */
export interface SocketData {
  principal: Principal;
  /** When the client was authenticated, by `performance.now()`. A renewed token does not change it. */
  authenticatedAtMs: number;
  progress: Progress;
  /** The next second, since 1970, at which the client is warned or its token expires. */
  tokenDueAt?: number;
  /** How many events were refused in a row. */
  refusals?: number;
}

/** A client as this gateway sees it. */
export type GatewaySocket = Socket<ClientToServerEvents, ServerToClientEvents, DefaultEventsMap, SocketData>;
