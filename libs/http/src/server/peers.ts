import { type IncomingMessage } from 'node:http';
import { type Socket } from 'node:net';
import { clientAddress, trustsAddress } from '@galley/access';

/** Who is at the other end of a connection. */
export class Peers {
  /** The address of the client that sent a request. */
  readonly addressOf: (request: IncomingMessage) => string;
  private readonly trusts: (address: string) => boolean;
  private readonly proxies = new WeakMap<Socket, boolean>();

  /** @param trustedProxies addresses and networks, as in `TRUST_PROXY` */
  constructor(trustedProxies: readonly string[]) {
    this.addressOf = clientAddress(trustedProxies);
    this.trusts = trustsAddress(trustedProxies);
  }

  addressOfSocket(socket: Socket): string {
    return this.addressOf({ socket, headers: {} } as IncomingMessage);
  }

  /** Whether the peer is a trusted proxy. */
  isProxy(socket: Socket): boolean {
    const known = this.proxies.get(socket);
    if (known !== undefined) return known;
    const isProxy = socket.remoteAddress !== undefined && this.trusts(socket.remoteAddress);
    this.proxies.set(socket, isProxy);
    return isProxy;
  }

  /**
   * The address to charge for a request. A trusted proxy that does not say for whom it asks, asks for itself: its address
   * stands for all of its clients, so nobody is charged.
   */
  chargedAddressOf(request: IncomingMessage): string | undefined {
    const names = request.headers['x-forwarded-for'] !== undefined;
    return !names && this.isProxy(request.socket) ? undefined : this.addressOf(request);
  }
}
