import proxyAddr from '@fastify/proxy-addr';

/**
 * Whether an address is one of the trusted proxies.
 * @param trusted addresses and networks, as in `TRUST_PROXY`
 */
export function trustsAddress(trusted: readonly string[]): (address: string) => boolean {
  const trust = proxyAddr.compile([...trusted]);
  return (address) => trust(address, 0);
}
