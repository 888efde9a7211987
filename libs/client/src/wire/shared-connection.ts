import { type ReadyEvent } from '@galley/contracts';
import { type OrderChange } from '../sync/order-change.js';
import { type Transport, type TransportEvent, type TransportListener } from '../sync/transport.js';
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

/** Stands for the room of all orders. */
const ALL = '';

/**
 * One connection for any number of trackers. It is open while one of them is. A tracker that comes while the connection is
 * open joins the room of its order, and begins with a snapshot. The gateway sends each change once. All trackers that are
 * there when the connection is lost know the same changes, so they continue from the same position.
 *
 * Once it is in the room of all orders, it stays there until the connection ends.
 */
export class SharedConnection implements SocketListener {
  readonly #members = new Set<Member>();
  readonly #socket: SocketTransport;
  #joined = new Set<string>();
  #position?: string;
  /** What the gateway has said last about itself, while the connection is ready. */
  #latest?: ReadyEvent;
  #hasGivenUp = false;

  constructor(options: SocketOptions) {
    this.#socket = new SocketTransport(options);
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
    const orderIds = new Set(Array.from(this.#members, roomOf));
    this.#joined = orderIds.has(ALL) ? new Set([ALL]) : orderIds;
    return orderIds.has(ALL) ? undefined : [...orderIds];
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
        for (const member of this.#present()) if (this.#hasJoined(member)) connect(member);
        return;
      case 'disconnected':
        this.#latest = undefined;
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
        // The position may be what the gateway refuses. Each tracker then decides whether it goes on without one.
        if (event.error.code === 'invalid_request') this.#position = undefined;
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
    const room = roomOf(member);
    if (!this.#isReady() || room === ALL || Array.from(this.#members, roomOf).includes(room)) return;
    if (this.#joined.delete(room)) this.#socket.leave(room);
  }

  #close(): void {
    this.#socket.close();
    this.#latest = this.#position = undefined;
    this.#joined.clear();
  }

  /** Lets a tracker in that has come while the connection was open. Otherwise the next `ready` does. */
  async #admit(member: Member): Promise<void> {
    if (!this.#isReady()) return;
    const refusal = await (this.#hasJoined(member) ? undefined : this.#socket.join(member.orderId));
    if (!this.#isReady() || !this.#members.has(member) || member.isConnected) return;
    if (refusal) {
      member.listener.receive({ type: 'failed', error: refusal });
      return;
    }
    this.#joined.add(roomOf(member));
    connect(member);
    this.#tellReady(member, false);
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

  #hasJoined(member: Member): boolean {
    return this.#joined.has(ALL) || this.#joined.has(roomOf(member));
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
