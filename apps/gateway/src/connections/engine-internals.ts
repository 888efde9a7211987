import { type EventEmitter } from 'node:events';
import { type IncomingMessage } from 'node:http';
import { type Socket as TcpSocket } from 'node:net';
import { type Server, type Socket } from 'socket.io';
import { aMoment, gather, nextOf, someWrittenTo } from './tcp-writes.js';

/** A connection of engine.io, which a socket of Socket.IO uses. */
export type Connection = Socket['conn'];

/**
 * The state that engine.io 6 and ws 8 keep for a connection. None of it is public, and only this file knows it. Each
 * function checks that a field exists before it relies on it. `fan-out.e2e-spec.ts` fails if a new version has moved
 * something.
 * @see https://github.com/socketio/socket.io/blob/main/packages/engine.io/lib/socket.ts
 * @see https://github.com/websockets/ws/blob/master/lib/sender.js
 */
interface Internals {
  /** The HTTP request that opened the connection. */
  request?: IncomingMessage;
  cleanupFn?: unknown[];
  /** Packets that wait for the transport; empty if it has taken them all. */
  writeBuffer?: { type: string; data?: string | Buffer; options?: object }[];
  /** Whether the connection is moving from polling to WebSocket. */
  upgrading?: boolean;
  readyState?: string;
  transport?: {
    name?: string;
    socket?: WebSocket;
    /** On a polling transport, whether a request of its client waits for data. */
    writable?: boolean;
    send?: (packets: { type: string }[]) => void;
    /** Only on a polling transport that waits for the next request of its client, to close it: ends the wait. */
    shouldClose?: (() => void) | null;
    /** Only on a polling transport: decodes and handles the packets of one request. */
    onData?: (payload: string) => void;
  };
}

interface WebSocket {
  readyState?: number;
  /** The negotiated extensions. One such as permessage-deflate may delay data. */
  extensions?: string;
  bufferedAmount?: number;
  terminate?: () => void;
  pause?: () => void;
  listeners?: EventEmitter['listeners'];
  listenerCount?: EventEmitter['listenerCount'];
  off?: EventEmitter['off'];
  _sender?: { _state?: number };
  _receiver?: { _state?: number; _mask?: Buffer };
  _socket?: TcpSocket;
}

interface SocketClient {
  decoder?: { _callbacks?: { $decoded?: unknown[] } };
}

const WS_OPEN = 1;
const WS_SENDER_IDLE = 0;
const WS_BETWEEN_FRAMES = 0;

const internals = (connection: Connection) => connection as unknown as Internals;

/**
 * The TCP socket of a connection, if WebSocket frames may be written to it past engine.io. That is safe once engine.io
 * has written everything that it was given before: then all frames stay in order.
 * @returns undefined if engine.io has to send the frames now
 */
export function directSocket(connection: Connection): TcpSocket | undefined {
  const { writeBuffer, upgrading, readyState, transport } = internals(connection);
  if (writeBuffer?.length !== 0 || upgrading !== false || readyState !== 'open') return undefined;
  if (transport?.name !== 'websocket') return undefined;
  const webSocket = transport.socket;
  if (webSocket?.readyState !== WS_OPEN || webSocket.extensions !== '') return undefined;
  if (webSocket._sender?._state !== WS_SENDER_IDLE) return undefined;
  const tcp = webSocket._socket;
  return tcp?.writable === true ? tcp : undefined;
}

/** Whether the installed versions have all fields that `directSocket` reads. */
export function areInternalsKnown(connection: Connection): boolean {
  const { writeBuffer, upgrading, readyState, transport } = internals(connection);
  const webSocket = transport?.socket;
  return (
    Array.isArray(writeBuffer) &&
    typeof upgrading === 'boolean' &&
    typeof readyState === 'string' &&
    typeof webSocket?.readyState === 'number' &&
    typeof webSocket.extensions === 'string' &&
    typeof webSocket._sender?._state === 'number' &&
    webSocket._socket !== undefined
  );
}

/** Replaces the handshake of a socket once that is forgotten. */
const FORGOTTEN: Socket['handshake'] = Object.freeze({
  ...{ headers: {}, query: {}, auth: {}, time: '', address: '', url: '', issued: 0, xdomain: false, secure: false },
});

/**
 * Frees memory that a connection needs only at the beginning: the request with its headers, which are kilobytes from a
 * browser; the bytes of the connect packet, which the mask in ws keeps alive; and arrays with more room than they will
 * ever need.
 */
export function forgetBeginning(socket: Socket): void {
  void socket.leave(socket.id); // nothing is sent to the room that each socket has for itself
  (socket as { handshake: Socket['handshake'] }).handshake = FORGOTTEN;
  const listening = socket as unknown as { _anyListeners?: unknown[] };
  if (listening._anyListeners) listening._anyListeners = listening._anyListeners.slice();
  const decoder = (socket.client as unknown as Partial<SocketClient>).decoder?._callbacks;
  if (decoder?.$decoded) decoder.$decoded = decoder.$decoded.slice();
  const connection = internals(socket.conn);
  connection.request = undefined;
  if (connection.cleanupFn) connection.cleanupFn = connection.cleanupFn.slice();
  const webSocket = connection.transport?.socket;
  // engine.io added this listener before there was a transport. The transport has its own.
  const ofUpgrade = webSocket?.listeners?.('error').find(({ name }) => name === 'onUpgradeError');
  if (ofUpgrade && webSocket?.listenerCount?.('error') !== 1) webSocket?.off?.('error', ofUpgrade as () => void);
  const receiver = webSocket?._receiver;
  if (receiver?._state === WS_BETWEEN_FRAMES) receiver._mask = undefined;
}

/** Sends all data of this turn of the event loop in one write. */
export function gatherWrites(connection: Connection): void {
  const tcp = directSocket(connection);
  if (tcp) gather(tcp);
}

/** The connection that a request of an existing client belongs to. */
export function connectionOf(engine: Server['engine'], request: IncomingMessage): Connection | undefined {
  const { clients } = engine as unknown as { clients: Record<string, Connection> };
  const { sid } = (request as { _query?: { sid?: string } })._query ?? {};
  return sid !== undefined && Object.hasOwn(clients, sid) ? clients[sid] : undefined;
}

/** The WebSocket of ws that a connection uses now; undefined while it is polling. */
export const webSocketOf = (connection: Connection): unknown => internals(connection).transport?.socket;

/**
 * Inspects the payload of each request of a polling client before engine.io decodes it.
 * @param accepts returns false to drop the payload
 */
export function inspectPayloads(connection: Connection, accepts: (payload: string) => boolean): void {
  const { transport } = internals(connection);
  const onData = transport?.onData;
  if (!onData) return;
  transport.onData = (payload) => {
    if (accepts(payload)) onData.call(transport, payload);
  };
}

/**
 * Sends packets together. One by one, the first would be the answer to the request of a polling client, and the others would
 * wait for the next request, which may never come.
 */
export function writeTogether(connection: Connection, packets: readonly string[]): void {
  if (connection.readyState !== 'open') return;
  const { writeBuffer } = internals(connection);
  for (const [i, data] of packets.entries()) {
    const isLast = i === packets.length - 1;
    if (isLast || !writeBuffer) connection.write(data);
    else writeBuffer.push({ type: 'message', data, options: { compress: true } });
  }
}

/** Sets the address of the client. engine.io has the address of the nearest proxy. */
export function setAddress(connection: Connection, address: string): void {
  (connection as { remoteAddress: string }).remoteAddress = address;
}

/** Bytes for a client that have not left this process yet. */
export function pendingBytes(connection: Connection): number {
  const { writeBuffer, transport } = internals(connection);
  let bytes = transport?.socket?.bufferedAmount ?? 0;
  for (const { data } of writeBuffer ?? []) bytes += data?.length ?? 0;
  return bytes;
}

/** Bytes that the client has taken so far; undefined for a polling client, which takes nothing between its requests. */
export function takenBytes(connection: Connection): number | undefined {
  const tcp = internals(connection).transport?.socket?._socket;
  return tcp && tcp.bytesWritten - tcp.writableLength;
}

/**
 * Ends a connection once everything was sent. The client reconnects; after `disconnect` it would not. A polling client is sent
 * what waits for its next request when it resumes.
 */
export function end(connection: Connection): void {
  if (internals(connection).transport?.socket) connection.close();
  else cut(connection);
}

/**
 * Ends a connection at once and drops what still waits to be written. The client reconnects; after `disconnect` it would
 * not.
 */
export function cut(connection: Connection): void {
  const { transport, upgrading } = internals(connection);
  const webSocket = transport?.socket;
  if (webSocket?.terminate) webSocket.terminate();
  else {
    // engine.io would answer a waiting request with a close packet. Some clients take that as the wish of their user. But a client
    // that waits for an answer while it upgrades does not ask again, and would notice the end only at its ping timeout.
    if (transport?.writable && upgrading !== true) transport.send?.([{ type: 'noop' }]);
    connection.close(true);
    transport?.shouldClose?.();
  }
}

/** Reads nothing more from a client. Over polling, where nothing can be paused, its connection ends at once. */
export function stopReading(connection: Connection): void {
  const webSocket = internals(connection).transport?.socket;
  if (webSocket?.pause) webSocket.pause();
  else cut(connection);
}

/** Resolves once a connection has written some of its waiting data, or is gone. */
export function someWritten(connection: Connection): Promise<void> {
  const { writeBuffer, transport } = internals(connection);
  const tcp = transport?.socket?._socket;
  if (!tcp?.writableNeedDrain && writeBuffer?.length) return nextOf(connection, 'drain', 'close');
  return tcp ? someWrittenTo(tcp) : aMoment();
}
