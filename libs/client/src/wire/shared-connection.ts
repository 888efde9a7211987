import { type ReadyEvent } from '@galley/contracts';
import { type OrderChange } from '../sync/order-change.js';
import { Retries } from '../sync/retries.js';
import { type TrackerError } from '../sync/tracker-error.js';
import { type Transport, type TransportEvent, type TransportListener } from '../sync/transport.js';
import { ALL, ConnectionRooms } from './connection-rooms.js';
import { SocketTransport, type SocketListener, type SocketOptions } from './socket-transport.js';

/** A tracker that uses the connection. */
interface Member {
  /** The one order that it follows; absent if it follows all. */
  readonly orderId?: string;
  readonly listener: TransportListener;
  /** Whether it was told that it is connected. */
  isConnected: boolean;
  /** Whether it knows every change of its orders up to the position of the connection, or is reading a snapshot with them. */
  isFollowing: boolean;
}

/**
 * One connection for any number of trackers. It is open while one of them is. A tracker that comes while the connection is
 * open joins the room of its order, and begins with a snapshot. The gateway sends each change once. All trackers that are
 * there when the connection is lost know the same changes, so they continue from the same position.
 */
export class SharedConnection implements SocketListener {
  readonly #members = new Set<Member>();
  readonly #socket: SocketTransport;
  readonly #retries: Retries;
  readonly #rooms: ConnectionRooms;
  #position?: string;
  /** What the gateway has said last about itself, while the connection is ready. */
  #latest?: ReadyEvent;
  #hasGivenUp = false;

  constructor(options: SocketOptions) {
    this.#socket = new SocketTransport(options);
    this.#retries = new Retries(options.clock, options.jitter);
    this.#rooms = new ConnectionRooms(this.#socket, () => Array.from(this.#members, roomOf));
  }

  /** @param orderId the one order to follow; if absent, all that the connection may see */
  transport(orderId?: string): Transport {
    let member: Member | undefined;
    return {
      open: (listener) => {
        member = { orderId, listener, isConnected: false, isFollowing: false };
        this.#add(member);
      },
      reconnect: () => {
        this.#socket.reconnect();
      },
      close: () => {
        if (member) this.#remove(member);
      },
    };
  }

  orderIds(): readonly string[] | undefined {
    return this.#rooms.request();
  }

  auth(): ReturnType<TransportListener['auth']> {
    const [only, ...others] = this.#members;
    if (this.#position !== undefined || !only || others.length > 0) return { feed: true, position: this.#position };
    only.isFollowing = true;
    return only.listener.auth();
  }

  receive(event: TransportEvent): void {
    switch (event.type) {
      case 'connected':
        this.#hasGivenUp = false;
        for (const member of this.#present()) if (this.#rooms.has(roomOf(member))) connect(member);
        return;
      case 'disconnected':
        this.#latest = undefined;
        this.#rooms.connectionEnds();
        this.#retries.cancel();
        for (const member of this.#present()) {
          if (!member.isConnected) continue;
          member.isConnected = false;
          member.listener.receive(event);
        }
        return;
      case 'ready':
        this.#latest = event.event;
        this.#position = event.event.position ?? this.#position;
        for (const member of this.#present()) {
          if (member.isConnected) this.#tellReady(member, event.event.recovered && member.isFollowing);
          else void this.#admit(member);
        }
        return;
      case 'change':
        this.#position = event.change.event.position;
        this.#tell(event, (member) => member.isFollowing && concerns(event.change, member));
        return;
      case 'feed':
        this.#position = event.event.position ?? this.#position;
        this.#latest &&= { ...this.#latest, ...event.event };
        break;
      case 'resync':
        this.#position = event.event.position;
        break;
      case 'failed':
        if (this.#canAskForLess(event.error)) {
          this.#socket.reconnect();
          return;
        }
        this.#hasGivenUp = event.error.permanent;
    }
    this.#tell(event, ({ isConnected }) => isConnected || event.type === 'failed' || event.type === 'woken');
  }

  #add(member: Member): void {
    this.#members.add(member);
    if (this.#hasGivenUp) this.#close();
    if (this.#members.size === 1 || this.#hasGivenUp) this.#socket.open(this);
    else void this.#admit(member);
    this.#hasGivenUp = false;
  }

  #remove(member: Member): void {
    if (!this.#members.delete(member)) return;
    if (this.#members.size === 0) this.#close();
    if (this.#isReady()) this.#rooms.leaveUnwanted(roomOf(member));
  }

  #close(): void {
    this.#socket.close();
    this.#latest = this.#position = undefined;
    this.#rooms.clear();
    this.#retries.cancel();
  }

  /**
   * What one tracker asks for must not end the connection of the others: the position, then the rooms.
   * @returns whether the next attempt asks for less
   */
  #canAskForLess(error: TrackerError): boolean {
    const mayBePosition = error.code === 'invalid_request' && this.#position !== undefined;
    if (mayBePosition) this.#position = undefined;
    // A tracker alone has the same position, and must drop it, too.
    if (this.#members.size === 1) return false;
    return mayBePosition || this.#rooms.yieldTo(error);
  }

  /** Lets a tracker in that has come while the connection was open. Otherwise the next `ready` does. */
  async #admit(member: Member): Promise<void> {
    if (!this.#isReady()) return;
    const refusal = await (this.#rooms.has(roomOf(member)) ? undefined : this.#rooms.join(roomOf(member)));
    if (!this.#isReady() || !this.#members.has(member) || member.isConnected) return;
    if (refusal) {
      this.#refuse(member, refusal);
      return;
    }
    this.#retries.succeeded();
    connect(member);
    this.#tellReady(member, false);
  }

  /** Asks again soon: there were too many requests. */
  #refuse(member: Member, error: TrackerError): void {
    member.listener.receive({ type: 'failed', error });
    if (this.#retries.isWaiting) return;
    this.#retries.schedule(() => {
      for (const waiting of this.#present()) if (!waiting.isConnected) void this.#admit(waiting);
    }, error.options.retryAfterMs);
  }

  #tellReady(member: Member, recovered: boolean): void {
    const latest = this.#latest;
    if (!latest) return;
    member.isFollowing = true;
    const replayed = recovered ? latest.replayed : 0;
    member.listener.receive({ type: 'ready', event: { ...latest, position: this.#position, recovered, replayed } });
  }

  #tell(event: TransportEvent, whom: (member: Member) => boolean): void {
    for (const member of this.#present()) if (whom(member)) member.listener.receive(event);
  }

  #isReady(): boolean {
    return this.#latest !== undefined;
  }

  /** The members of this moment. A listener may open and close others meanwhile. */
  *#present(): Generator<Member> {
    for (const member of [...this.#members]) if (this.#members.has(member)) yield member;
  }
}

const roomOf = ({ orderId = ALL }: Member): string => orderId;

function connect(member: Member): void {
  member.isConnected = true;
  member.listener.receive({ type: 'connected' });
}

/** An `{orderId}/update` tells those who follow all orders nothing more than the `orderUpdated` before it. */
const concerns = ({ type, event }: OrderChange, { orderId }: Member): boolean =>
  orderId === undefined ? type !== 'updated' || 'order' in event : orderId === event.orderId;
