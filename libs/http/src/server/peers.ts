import { type IncomingMessage } from 'node:http';
import { type Socket } from 'node:net';
import { addressKey, clientAddress, trustedProxies } from '@galley/access';

/** Who is at the other end of a connection. */
export class Peers {
  /** The address of the client that sent a request. */
  readonly addressOf: (request: IncomingMessage) => string;
  private readonly isTrusted: (address: string | undefined) => boolean;
  private readonly proxies = new WeakMap<Socket, boolean>();

  /** @param trusted addresses and networks, as in `TRUST_PROXY` */
  constructor(trusted: readonly string[]) {
    this.addressOf = clientAddress(trusted);
    this.isTrusted = trustedProxies(trusted);
  }

  addressOfSocket(socket: Socket): string {
    return this.addressOf({ socket, headers: {} } as IncomingMessage);
  }

  /** The key under which the client that sent a request is limited. */
  keyOf(request: IncomingMessage): string {
    return addressKey(this.addressOf(request));
  }

  /** Whether the peer is a trusted proxy. */
  isProxy(socket: Socket): boolean {
    const known = this.proxies.get(socket);
    if (known !== undefined) return known;
    const isProxy = this.isTrusted(socket.remoteAddress);
    this.proxies.set(socket, isProxy);
    return isProxy;
  }

  /**
   * The key of the address to charge for a request. A trusted proxy that does not say for whom it asks, asks for itself: its
   * address stands for all of its clients, so nobody is charged.
   */
  chargedKeyOf(request: IncomingMessage): string | undefined {
    const names = request.headers['x-forwarded-for'] !== undefined;
    return !names && this.isProxy(request.socket) ? undefined : this.keyOf(request);
  }
}
