import { openMany, RawClient, type OnEvent, type WebSocketClient } from '@galley/verification';
import { CentrifugoClient } from './centrifugo-client.js';
import { ALL_ORDERS } from './centrifugo-publisher.js';
import { centrifugoToken } from './centrifugo-token.js';
import { gatewayOf, mintTokenOf, type LoadContext } from './context.js';

/** How many addresses of this machine the clients connect to. */
const ADDRESSES = 4;

/** What a client of a scenario asks for. */
interface ClientWishes {
  /** Absent: the shop's. */
  token?: string;
  /** The one order that it follows; absent: all. */
  orderId?: string;
  /** What it has got already; absent: it comes for the first time. */
  position?: string;
  onEvent?: OnEvent;
}

/**
 * Connects `count` clients in the way of the system under test, at most `atOnce` at a time.
 * @param onLive called each time one of them gets everything from now on
 */
export function connectClients(
  context: LoadContext,
  count: number,
  wishesOf: (index: number) => ClientWishes,
  atOnce?: number,
  onLive?: () => void,
): Promise<WebSocketClient[]> {
  return openMany(count, (index) => connectClient(context, addressOf(index), wishesOf(index)), atOnce, onLive);
}

/**
 * Linux looks long for a free port of its own once a machine has 14,000 connections to one address and port: it then begins some
 * 1,000 a second. To several addresses of the loopback it has 14,000 each.
 */
const addressOf = (index: number) => `127.0.0.${1 + (index % ADDRESSES)}`;

function connectClient(
  context: LoadContext,
  address: string,
  { token, orderId, position, onEvent }: ClientWishes,
): Promise<WebSocketClient> {
  const { system, tokenKey } = context;
  const url = gatewayOf(context).url.replace('127.0.0.1', address);
  if (system === 'centrifugo') {
    const channel = orderId ?? ALL_ORDERS;
    return CentrifugoClient.connect({
      ...{ url, onEvent, token: token ?? centrifugoToken(tokenKey, 'bench', channel) },
      ...(position !== undefined && { recover: { channel, position } }),
    });
  }
  const wishes = { ...(orderId !== undefined && { rooms: [{ orderId }] }), position };
  const auth = JSON.stringify({ token: token ?? context.token, ...wishes });
  // Only ours has an event that says that the client is live.
  return RawClient.connect({ url, onEvent, auth, hasReadyEvent: system === 'ours' });
}

/** A token of a customer with one order, which is the one that the client follows. */
export const customerToken = (context: LoadContext, sub: string, orderId: string): Promise<string> =>
  context.system === 'centrifugo'
    ? Promise.resolve(centrifugoToken(context.tokenKey, sub, orderId))
    : mintTokenOf(context, 'customer', sub);
