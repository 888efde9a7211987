import { reachOf, type Principal } from '@galley/access';
import { type ConnectAuth, type Position, type ServerToClientEvents } from '@galley/contracts';

/** How far a client has come, each state with its data. */
export type Progress =
  /** Its connect request is well-formed. The remaining stages still have to accept it. */
  | { state: 'connecting'; request: ConnectAuth }
  /** It is accepted, and is sent the changes that it missed. */
  | { state: 'joining'; since?: Position; rooms: readonly string[]; feed: boolean; joined?: Promise<void> }
  /** It is sent every change as it comes. */
  | { state: 'live' };

/** Which bytes of a change a client gets: those for staff have what only staff may read. */
export type Variant = 'staff' | 'public';

/** How the bytes of an event look: WebSocket frames, or the text of Server-Sent Events. */
export type Encoding = 'frames' | 'stream';

/** Events that are sent together. */
export interface Outgoing {
  /** Socket.IO packets, without the packet type of engine.io. */
  readonly packets: readonly string[];
  bytesAs(encoding: Encoding): Buffer;
}

/** Why a replica has ended the connection of a client. */
export type Ending = 'drain' | 'error' | 'rebalance' | 'signed_out' | 'slow' | 'token_expired' | 'too_much_sent';

const NO_ROOMS: readonly string[] = [];

/** A client that is sent changes, however it is connected. */
export abstract class Subscriber {
  /** A renewed token is of the same user: role and `sub` never change. */
  abstract principal: Principal;
  /** When the client was authenticated, by `performance.now()`. A renewed token does not change it. */
  abstract authenticatedAtMs: number;
  abstract progress: Progress;
  /** The next second, since 1970, at which the client is warned or its token expires. */
  tokenDueAt?: number = undefined;
  /** Why this replica has ended the connection; undefined if the client has. */
  ending?: Ending = undefined;
  /** The rooms that it is in, each once. Only `RoomMembers` changes them. Most clients have one: a set would take more memory. */
  rooms: readonly string[] = NO_ROOMS;

  get variant(): Variant {
    return reachOf(this.principal, 'readStaffPart') === 'all' ? 'staff' : 'public';
  }

  abstract readonly encoding: Encoding;
  /** How it is connected now: a client that polls may upgrade to a WebSocket. */
  abstract get transport(): string;
  abstract get isConnected(): boolean;
  /** In normal form. */
  abstract get remoteAddress(): string;
  /** Bytes for the client that have not left this process yet. */
  abstract get pendingBytes(): number;
  /** Bytes that the client has taken so far; undefined if nobody can know, as for a polling client. */
  abstract get takenBytes(): number | undefined;

  /** Resolves once some of the pending bytes were written, or the client is gone. */
  abstract someWritten(): Promise<void>;

  /** Sends events after everything that was sent before. */
  abstract send(outgoing: Outgoing): void;

  /** Sends one event to this client alone. */
  abstract emit<Name extends keyof ServerToClientEvents>(
    name: Name,
    ...payload: Parameters<ServerToClientEvents[Name]>
  ): void;

  /** Ends the connection once everything was sent. The client comes back by itself. */
  close(ending: Ending): void {
    this.ending ??= ending;
    this.endConnection();
  }

  /** Ends the connection, and tells the client not to come back by itself. */
  dismiss(ending: Ending): void {
    this.ending ??= ending;
    this.endForGood();
  }

  /** Ends the connection at once, and drops what is pending. The client comes back by itself. */
  cut(ending: Ending): void {
    this.ending ??= ending;
    this.cutConnection();
  }

  protected abstract endConnection(): void;
  protected abstract endForGood(): void;
  protected abstract cutConnection(): void;
}
