import { type Socket } from 'node:net';
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
  /** The connections of each address, by its key. */
  private readonly open = new Map<string, Set<Socket>>();
  private total = 0;

  constructor(
    private readonly limits: HttpConnectionLimits,
    private readonly peers: Peers,
  ) {}

  /** Counts a connection until it is closed or forgotten. @returns false if there are too many */
  accept(socket: Socket): boolean {
    if (this.peers.isProxy(socket)) return true;
    const key = this.peers.keyOfSocket(socket);
    const ofAddress = this.open.get(key) ?? new Set();
    if (this.total >= this.limits.total || ofAddress.size >= this.limits.perAddress) return false;
    this.open.set(key, ofAddress.add(socket));
    this.total++;
    socket.on('close', this.closed);
    return true;
  }

  /** @param key of an address */
  of(key: string): Iterable<Socket> {
    return this.open.get(key) ?? [];
  }

  forget(socket: Socket): void {
    const key = this.peers.keyOfSocket(socket);
    const ofAddress = this.open.get(key);
    if (!ofAddress?.delete(socket)) return;
    if (ofAddress.size === 0) this.open.delete(key);
    this.total--;
    socket.off('close', this.closed);
  }

  /** One listener for all sockets: Node calls it with the socket as `this`. */
  private readonly closed = ((connections: OpenConnections) =>
    function (this: Socket): void {
      connections.forget(this);
    })(this);
}
