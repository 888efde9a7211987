import { expect, it } from '@jest/globals';
import { Authenticator, type SignOuts } from '@galley/access';
import { aGatewayConfig } from './a-gateway-config.js';
import { StandInSocket } from './stand-in-connection.js';
import { Authentication } from '../src/access/authentication.js';
import { setAddress } from '../src/connections/engine-internals.js';

const TWO_ATTEMPTS = { perSecond: 1, burst: 2 };

/** A connection from an address that tries a token. */
function attemptsOf(): (address: string) => Promise<void> {
  const config = aGatewayConfig();
  config.limits = { ...config.limits, handshakesOfAddress: TWO_ATTEMPTS };
  const signOuts = { check: () => Promise.resolve(), has: () => false };
  const authentication = new Authentication(
    Authenticator.create({ mode: 'open' }),
    signOuts as unknown as SignOuts,
    config,
  );
  return (address) => {
    const socket = new StandInSocket();
    socket.data.progress = { state: 'connecting', request: {} };
    setAddress(socket.conn.asConnection, address);
    return authentication.connecting(socket.data);
  };
}

it.each([
  ['an IPv4 address', '192.0.2.1', '192.0.2.1', '192.0.2.2'],
  ['an IPv6 network', '2001:db8::1', '2001:db8::2', '2001:db8:0:1::1'],
])('counts the attempts with tokens of %s together', async (_what, first, same, other) => {
  const attempt = attemptsOf();
  await attempt(first);
  await attempt(same);
  await expect(attempt(same)).rejects.toMatchObject({ code: 'too_many_requests' });
  await expect(attempt(other)).resolves.toBeUndefined();
});
