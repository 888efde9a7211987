import { type IncomingMessage } from 'node:http';
import { type Socket } from 'node:net';
import { addressKey, clientAddress, normalAddress, trustedProxies } from './client-address.js';

/** Who is at the other end of a connection. */
interface Peer {
  /** In normal form. */
  readonly address: string;
  readonly key: string;
  readonly isProxy: boolean;
  /** Whom a proxy has named last, with its text. Several questions about one request have the same answer. */
  named?: { text: unknown; address: string };
}

/** Who is at the other end of each connection, and who sent each request. */
export class Peers {
  private readonly find: (request: IncomingMessage) => string;
  private readonly isTrusted: (address: string | undefined) => boolean;
  private readonly peers = new WeakMap<Socket, Peer>();

  /** @param trusted addresses and networks, as in `TRUST_PROXY` */
  constructor(trusted: readonly string[]) {
    this.find = clientAddress(trusted);
    this.isTrusted = trustedProxies(trusted);
  }

  /** The address of the client that sent a request, in normal form. */
  addressOf(request: IncomingMessage): string {
    const peer = this.peerOf(request.socket);
    const text = request.headers['x-forwarded-for'];
    if (!peer.isProxy || text === undefined) return peer.address;
    if (peer.named?.text !== text) peer.named = { text, address: this.find(request) };
    return peer.named.address;
  }

  /** The address of the peer itself, be it a client or a proxy. */
  addressOfSocket(socket: Socket): string {
    return this.peerOf(socket).address;
  }

  /** The key under which the peer itself is limited. */
  keyOfSocket(socket: Socket): string {
    return this.peerOf(socket).key;
  }

  /** The key under which the client that sent a request is limited. */
  keyOf(request: IncomingMessage): string {
    const peer = this.peerOf(request.socket);
    const address = this.addressOf(request);
    return address === peer.address ? peer.key : addressKey(address);
  }

  /** Whether the peer is a trusted proxy. */
  isProxy(socket: Socket): boolean {
    return this.peerOf(socket).isProxy;
  }

  /**
   * The key of the address to charge for a request. A trusted proxy that does not say for whom it asks, asks for itself: its
   * address stands for all of its clients, so nobody is charged.
   */
  chargedKeyOf(request: IncomingMessage): string | undefined {
    const names = request.headers['x-forwarded-for'] !== undefined;
    return !names && this.isProxy(request.socket) ? undefined : this.keyOf(request);
  }

  private peerOf(socket: Socket): Peer {
    const known = this.peers.get(socket);
    if (known) return known;
    const { remoteAddress = '' } = socket;
    const address = normalAddress(remoteAddress) ?? '';
    const peer = { address, key: addressKey(address), isProxy: this.isTrusted(remoteAddress) };
    this.peers.set(socket, peer);
    return peer;
  }
}
