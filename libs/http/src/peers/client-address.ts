import { type IncomingMessage } from 'node:http';
import { isIPv4, isIPv6, SocketAddress } from 'node:net';
import proxyAddr from '@fastify/proxy-addr';

/** As proxies write an address: IPv6 in brackets or bare, IPv4; either with a port. */
const WITH_PORT = /^(?:\[([^\]]*)\]|([\d.]+))(?::\d{1,5})?$/;

const MAPPED_IPV4 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/;

const GROUPS_OF_NETWORK = 4;
const GROUPS = 8;

/**
 * The one form in which an address is compared, counted and logged: without port, brackets and zone, IPv6 in lower case and
 * shortened, IPv4 that is mapped into IPv6 as IPv4.
 * @returns undefined if the text is no address
 */
export function normalAddress(text: string): string | undefined {
  const [, bracketed, dotted] = WITH_PORT.exec(text) ?? [];
  const [address = ''] = (bracketed ?? dotted ?? text).split('%');
  if (isIPv4(address)) return address;
  if (!isIPv6(address)) return undefined;
  const normal = new SocketAddress({ address, family: 'ipv6' }).address;
  return MAPPED_IPV4.exec(normal)?.[1] ?? normal;
}

/**
 * The key under which an address is limited: an IPv4 address itself, and the /64 network of an IPv6 address, because each
 * household has 2^64 of these.
 * @param address in normal form
 */
export function addressKey(address: string): string {
  if (!address.includes(':')) return address;
  const [head = '', tail = ''] = address.split('::');
  const [first, last] = [groupsOf(head), groupsOf(tail)];
  const zeros = Array.from({ length: Math.max(0, GROUPS - first.length - last.length) }, () => '0');
  return `${[...first, ...zeros, ...last].slice(0, GROUPS_OF_NETWORK).join(':')}::/64`;
}

const groupsOf = (text: string) => (text === '' ? [] : text.split(':'));

/**
 * Tells which addresses are those of trusted proxies.
 * @param trusted addresses and networks, as in `TRUST_PROXY`
 */
export function trustedProxies(trusted: readonly string[]): (address: string | undefined) => boolean {
  const trust = proxyAddr.compile([...trusted]);
  return (address = '') => trust(normalAddress(address) ?? '', 0);
}

/**
 * Finds the address of a client, in normal form: the peer, or the address that the peer names if it is a trusted proxy. If
 * a proxy names something that is no address, the proxy itself counts as the client.
 * @param trusted addresses and networks, as in `TRUST_PROXY`
 */
export function clientAddress(trusted: readonly string[]): (request: IncomingMessage) => string {
  const trust = trustedProxies(trusted);
  return (request) => {
    const [client = '', proxy = ''] = proxyAddr.all(request, trust).reverse();
    return normalAddress(client) ?? normalAddress(proxy) ?? '';
  };
}
