import { type Front } from '../front/front.js';
import { listenBySocket } from './socket-listener.js';
import { listenByStream } from './stream-listener.js';
import { type Listener, type Transport } from './listener.js';

/** What could be connected: a WebSocket to each gateway that was found, and one connection of each other transport. */
export interface Connected {
  listeners: Listener[];
  failures: { transport: Transport; reason: string }[];
}

/** A front chooses the gateway of each connection. So gateways are found by connecting again and again. */
const MOST_TRIES = 16;

/** After so many connections to known gateways in a row, probably all are known. */
const ENOUGH_KNOWN = 5;

export async function connectListeners(front: Front, orderId: string): Promise<Connected> {
  const connected: Connected = { listeners: [], failures: [] };
  const attempt = async (transport: Transport, listen: () => Promise<Listener>): Promise<Listener | undefined> => {
    try {
      return await listen();
    } catch (error) {
      connected.failures.push({ transport, reason: (error as Error).message });
      return undefined;
    }
  };
  const byGateway = new Map<string, Listener>();
  for (let tries = 0, known = 0; tries < MOST_TRIES && known < ENOUGH_KNOWN; tries++) {
    const listener = await attempt('WebSocket', () => listenBySocket(front, orderId, 'WebSocket'));
    if (!listener) break;
    if (byGateway.has(listener.gateway)) {
      listener.close();
      known++;
    } else {
      byGateway.set(listener.gateway, listener);
      known = 0;
    }
  }
  const others = [
    await attempt('polling', () => listenBySocket(front, orderId, 'polling')),
    await attempt('event stream', () => listenByStream(front, orderId)),
  ];
  connected.listeners.push(...byGateway.values(), ...others.filter((listener) => listener !== undefined));
  return connected;
}
