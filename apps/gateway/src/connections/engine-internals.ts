import { type EventEmitter } from 'node:events';
import { ServerResponse, type IncomingMessage } from 'node:http';
import { type Socket as TcpSocket } from 'node:net';
import { type Socket } from 'socket.io';

/** A connection of engine.io: what lies below a socket of Socket.IO. */
export type Connection = Socket['conn'];

/**
 * What engine.io 6 and ws 8 hold for a connection, none of it public: the only place that knows of it. Each function looks
 * before it relies on anything, and says so where it does not find it; `fan-out.e2e-spec.ts` fails where a new version
 * has moved something.
 * @see https://github.com/socketio/socket.io/blob/main/packages/engine.io/lib/socket.ts
 * @see https://github.com/websockets/ws/blob/master/lib/sender.js
 */
interface Internals {
  /** The HTTP request that it began with. */
  request?: IncomingMessage;
  cleanupFn?: unknown[];
  /** Packets that wait for the transport; empty where it has taken them all. */
  writeBuffer?: { data?: string | Buffer }[];
  /** Whether it is moving from polling to WebSocket. */
  upgrading?: boolean;
  readyState?: string;
  transport?: {
    name?: string;
    socket?: WebSocket;
    /** Of a polling transport that waits for its client's next request to say goodbye: ends the wait. */
    shouldClose?: (() => void) | null;
  };
}

interface WebSocket {
  readyState?: number;
  /** Negotiated ones, such as permessage-deflate, which may hold back what it is given. */
  extensions?: string;
  bufferedAmount?: number;
  terminate?: () => void;
  listeners?: EventEmitter['listeners'];
  listenerCount?: EventEmitter['listenerCount'];
  off?: EventEmitter['off'];
  _sender?: { _state?: number };
  _receiver?: { _state?: number; _mask?: Buffer };
  _socket?: TcpSocket;
}

/** What engine.io hands its middlewares for the answer; of an upgrade, `writeHead` is called once it is let through. */
interface UpgradeAnswer {
  writeHead?: unknown;
  req?: unknown;
}

interface SocketClient {
  decoder?: { _callbacks?: { $decoded?: unknown[] } };
}

const WS_OPEN = 1;
const WS_SENDER_IDLE = 0;
const WS_BETWEEN_FRAMES = 0;

/** Milliseconds. */
const LOOK_AGAIN = 20;

const internals = (connection: Connection) => connection as unknown as Internals;

/**
 * The TCP socket of a connection where WebSocket frames may be written to it past engine.io: whatever engine.io was given
 * before has been written to it, so that the order stays as it was given.
 * @returns undefined where that is not so now: let engine.io send it
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

/** Whether all that `directSocket` looks at is where it was in the versions that this was written for. */
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

/** What a socket of Socket.IO says of the request that it began with, once that is forgotten. */
const FORGOTTEN: Socket['handshake'] = Object.freeze({
  ...{ headers: {}, query: {}, auth: {}, time: '', address: '', url: '', issued: 0, xdomain: false, secure: false },
});

/**
 * Lets go of what a connection needs only to begin: the request with its headers, of which a browser sends kilobytes; the
 * bytes of the connect packet, of which ws keeps the mask; and arrays that have room for more than they will ever hold.
 */
export function forgetBeginning(socket: Socket): void {
  (socket as { handshake: Socket['handshake'] }).handshake = FORGOTTEN;
  const listening = socket as unknown as { _anyListeners?: unknown[] };
  if (listening._anyListeners) listening._anyListeners = listening._anyListeners.slice();
  const decoder = (socket.client as unknown as Partial<SocketClient>).decoder?._callbacks;
  if (decoder?.$decoded) decoder.$decoded = decoder.$decoded.slice();
  const connection = internals(socket.conn);
  connection.request = undefined;
  if (connection.cleanupFn) connection.cleanupFn = connection.cleanupFn.slice();
  const webSocket = connection.transport?.socket;
  // engine.io's listener of before there was a transport, which listens itself.
  const ofUpgrade = webSocket?.listeners?.('error').find(({ name }) => name === 'onUpgradeError');
  if (ofUpgrade && webSocket?.listenerCount?.('error') !== 1) webSocket?.off?.('error', ofUpgrade as () => void);
  const receiver = webSocket?._receiver;
  if (receiver?._state === WS_BETWEEN_FRAMES) receiver._mask = undefined;
}

/**
 * A middleware of engine.io, for the upgrade of a connection. Its answer, which engine.io makes for its middlewares, lives
 * as long as the TCP socket, and so does the request with it: it parts them. And the 101 leaves with the first packet; a
 * refusal does not wait, since the socket is destroyed right behind it.
 */
export function splitUpgrade(request: IncomingMessage, response: UpgradeAnswer, next: () => void): void {
  if (!(response instanceof ServerResponse)) {
    const { socket } = request;
    const ofAnswer = socket.listeners('close').at(-1) as (() => void) | undefined;
    if (ofAnswer && String(ofAnswer) === TELLS_ANSWER) socket.off('close', ofAnswer);
    response.writeHead = () => {
      gather(socket);
    };
    next();
    response.req = undefined;
  } else next();
}

/** By which engine.io's answer of an upgrade, of no use to anybody here, would live as long as its TCP socket. */
const TELLS_ANSWER = '() => this.emit("close")';

/** Has all that is sent to a connection in this turn of the event loop leave in one write: a write costs more than its bytes. */
export function gatherWrites(connection: Connection): void {
  const tcp = directSocket(connection);
  if (tcp) gather(tcp);
}

function gather(tcp: TcpSocket): void {
  tcp.cork();
  setImmediate(uncork, tcp);
}

const uncork = (tcp: TcpSocket) => {
  tcp.uncork();
};

/** Corrects where a connection comes from, which engine.io takes to be the nearest proxy. */
export function setAddress(connection: Connection, address: string): void {
  (connection as { remoteAddress: string }).remoteAddress = address;
}

/** Bytes that were sent to a client and have not left this process. */
export function pendingBytes(connection: Connection): number {
  const { writeBuffer, transport } = internals(connection);
  let bytes = transport?.socket?.bufferedAmount ?? 0;
  for (const { data } of writeBuffer ?? []) bytes += data?.length ?? 0;
  return bytes;
}

/** Bytes that its client has taken so far; undefined for a polling client, which takes nothing between its requests. */
export function takenBytes(connection: Connection): number | undefined {
  const tcp = internals(connection).transport?.socket?._socket;
  return tcp && tcp.bytesWritten - tcp.writableLength;
}

/** Ends a connection at once, whatever waits to be written, so that its client comes back (`disconnect` would tell it not to). */
export function cut(connection: Connection): void {
  const webSocket = internals(connection).transport?.socket;
  if (webSocket?.terminate) webSocket.terminate();
  else connection.close(true);
}

/** Ends a connection that was told to close and waits, up to 30 s, for a polling client to ask what is new. */
export function finishClosing(connection: Connection): void {
  internals(connection).transport?.shouldClose?.();
}

/** Resolves once a connection has got rid of some of what waits for it, or is gone. */
export function someWritten(connection: Connection): Promise<void> {
  const { writeBuffer, transport } = internals(connection);
  const tcp = transport?.socket?._socket;
  if (tcp?.writableNeedDrain) return next(tcp, 'drain', 'close');
  if (writeBuffer?.length) return next(connection, 'drain', 'close');
  // It is ending, and no event may follow. Whoever waits in a loop must let the process go on meanwhile.
  return new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN));
}

const next = (emitter: EventEmitter, ...names: string[]) =>
  new Promise<void>((resolve) => {
    const settle = () => {
      for (const name of names) emitter.off(name, settle);
      resolve();
    };
    for (const name of names) emitter.on(name, settle);
  });
