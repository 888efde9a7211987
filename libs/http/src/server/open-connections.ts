import { type Socket } from 'node:net';
import { Counter } from '@galley/access';
import { type Peers } from '../peers/peers.js';

export interface HttpConnectionLimits {
  /** Most connections of all strangers. */
  total: number;
  /** Most connections of one address. */
  perAddress: number;
}

/**
 * The connections of strangers: of everybody who is not a trusted proxy. A connection that has become a WebSocket is not
 * counted here; the gateway has limits of its own for these.
 */
export class OpenConnections {
  private readonly open = new Counter();
  /** The key of the address of each counted connection. */
  private readonly keys = new WeakMap<Socket, string>();

  constructor(
    private readonly limits: HttpConnectionLimits,
    private readonly peers: Peers,
  ) {}

  /** Counts a connection until it is closed or forgotten. @returns false if there are too many */
  accept(socket: Socket): boolean {
    if (this.peers.isProxy(socket)) return true;
    const key = this.peers.keyOfSocket(socket);
    if (this.open.total >= this.limits.total || this.open.count(key) >= this.limits.perAddress) return false;
    this.open.increment(key);
    this.keys.set(socket, key);
    socket.on('close', this.closed);
    return true;
  }

  forget(socket: Socket): void {
    const key = this.keys.get(socket);
    if (key === undefined) return;
    this.keys.delete(socket);
    this.open.decrement(key);
    socket.off('close', this.closed);
  }

  /** One listener for all sockets: Node calls it with the socket as `this`. */
  private readonly closed = ((connections: OpenConnections) =>
    function (this: Socket): void {
      connections.forget(this);
    })(this);
}
