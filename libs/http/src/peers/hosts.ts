import { isIPv4, isIPv6 } from 'node:net';

/** A `Host` header: a name, an IPv4 address or an IPv6 address in brackets, perhaps with a port. */
const HOST = /^(\[[^\]]*\]|[^\s:/?#@[\]\\]+)(?::(\d{1,5}))?$/;

/**
 * Takes a `Host` header apart.
 * @returns the name or address in lower case, without the dot that may end a name; undefined if it is no host
 */
export function parseHost(host: string): { name: string; port?: string } | undefined {
  const [, name, port] = HOST.exec(host) ?? [];
  return name === undefined ? undefined : { name: name.toLowerCase().replace(/\.$/, ''), port };
}

/**
 * Which hosts a service answers to that asks for no token. A page can make the name of its own host mean this machine, so
 * that a browser takes the service for a part of the page. It can do that neither to `localhost` nor to an address.
 * @see https://en.wikipedia.org/wiki/DNS_rebinding
 */
export class Hosts {
  private readonly allowed: ReadonlySet<string>;

  /** @param allowed names such as `shop.example`, besides `localhost` and addresses */
  constructor(allowed: readonly string[]) {
    this.allowed = new Set(['localhost', ...allowed].map((name) => parseHost(name)?.name ?? name));
  }

  /** @param host the request's `Host` header; browsers always send one */
  allow(host: string | undefined): boolean {
    if (host === undefined || host === '') return true;
    const name = parseHost(host)?.name ?? '';
    return this.allowed.has(name) || isIPv4(name) || isIPv6(/^\[(.*)\]$/.exec(name)?.[1] ?? '');
  }
}
