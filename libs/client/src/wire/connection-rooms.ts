import { type TrackerError } from '../sync/tracker-error.js';
import { type SocketTransport } from './socket-transport.js';

/** Stands for the room of all orders that the connection may see. */
export const ALL = '';

/** Refusals of a connection that may be due to the rooms that it asks for. */
const ROOM_REFUSALS: readonly (string | undefined)[] = ['too_many_rooms', 'order_not_found', 'invalid_request'];

type Rooms = Pick<SocketTransport, 'join' | 'leave'>;

/**
 * The rooms of a connection: those of single orders, or that of all. Once it is in the room of all orders, it stays there until
 * it ends. It goes there too if the gateway refuses the room of an order: because there are too many, or because there can be
 * no such order. The snapshot of its tracker tells the difference, so no tracker has to suffer for another one.
 */
export class ConnectionRooms {
  #joined = new Set<string>();
  /** The rooms that were asked for and not answered yet. */
  readonly #joining = new Map<string, Promise<TrackerError | undefined>>();
  #followsAll = false;
  readonly #socket: Rooms;
  readonly #wanted: () => readonly string[];

  /** @param wanted the rooms that trackers want now */
  constructor(socket: Rooms, wanted: () => readonly string[]) {
    this.#socket = socket;
    this.#wanted = wanted;
  }

  /** @returns the orders that a new connection asks for; undefined for all */
  request(): readonly string[] | undefined {
    const orderIds = new Set(this.#wanted());
    const isInAll = this.#followsAll || orderIds.has(ALL);
    this.#joined = isInAll ? new Set([ALL]) : orderIds;
    return isInAll ? undefined : [...orderIds];
  }

  /** Whether the connection gets the changes of the room. */
  has(room: string): boolean {
    return this.#joined.has(ALL) || this.#joined.has(room);
  }

  /** @returns the refusal, if the gateway refuses it. It never resolves if the connection ends first. */
  async join(room: string): Promise<TrackerError | undefined> {
    const refusal = await this.#joinOnce(room);
    if (!refusal || refusal.code === 'too_many_requests' || room === ALL) return refusal;
    this.#followsAll = true;
    return this.has(ALL) ? undefined : this.#joinOnce(ALL);
  }

  #joinOnce(room: string): Promise<TrackerError | undefined> {
    // A connection that joins an order leaves all orders, so it asks for no order behind those.
    const joining = this.#followsAll || this.#joining.has(ALL) ? ALL : room;
    const known = this.#joining.get(joining);
    if (known) return known;
    const answer = this.#socket.join(joining === ALL ? undefined : joining).then((refusal) => {
      this.#joining.delete(joining);
      if (refusal) return refusal;
      this.#joined.add(joining);
      this.leaveUnwanted(joining);
      return undefined;
    });
    this.#joining.set(joining, answer);
    return answer;
  }

  /** Leaves the room of an order that no tracker wants any more. */
  leaveUnwanted(room: string): void {
    if (room === ALL || this.#wanted().includes(room)) return;
    if (this.#joined.delete(room)) this.#socket.leave(room);
  }

  /** Must be called when a connection was refused. @returns whether the rooms may be why, and the next one asks for all */
  yieldTo({ code }: TrackerError): boolean {
    if (!ROOM_REFUSALS.includes(code) || this.#joined.size < 2) return false;
    this.#followsAll = true;
    return true;
  }

  /** Must be called when the connection has ended. */
  connectionEnds(): void {
    this.#joining.clear();
  }

  /** Must be called when nobody needs the connection any more. */
  clear(): void {
    this.#followsAll = false;
    this.#joined.clear();
    this.#joining.clear();
  }
}
