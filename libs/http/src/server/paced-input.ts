import { Socket } from 'node:net';

/** Bytes that are parsed at once. */
export const PIECE_BYTES = 2_048;

export const SHORTEST_REQUEST_BYTES = 'GET / HTTP/1.0\r\n\r\n'.length;

type Parse = (this: Socket, bytes: Buffer) => void;

interface Input {
  /** The listener with which Node parses what comes. */
  readonly parse: Parse;
  /** What was read, and is not parsed yet. */
  rest?: Buffer;
}

/**
 * Parses what peers send in pieces, and nothing more while a connection is busy, so that TCP makes the peer wait. Node itself
 * parses a chunk of 64 kB at once, which may hold 3,000 requests. It is a tenth faster, so this is for peers that need it.
 */
export class PacedInput {
  private readonly inputs = new WeakMap<Socket, Input>();

  /** @param isBusy whether a connection has a request under way of which nothing is missing */
  constructor(private readonly isBusy: (socket: Socket) => boolean) {}

  /** Takes a connection over from Node. Must not be called while Node is parsing what came on it. */
  attach(socket: Socket): void {
    const [parse] = socket.listeners('data') as Parse[];
    if (!parse || this.inputs.has(socket)) return; // without a listener it is ending
    this.inputs.set(socket, { parse });
    socket.off('data', parse).on('data', this.received);
    socket.resume = this.resumed;
  }

  /** @returns what was read and not parsed. It is no HTTP any more. */
  detach(socket: Socket): Buffer | undefined {
    const input = this.inputs.get(socket);
    if (!input) return undefined;
    this.inputs.delete(socket);
    socket.off('data', this.received);
    return input.rest;
  }

  hasRest(socket: Socket): boolean {
    return this.inputs.get(socket)?.rest !== undefined;
  }

  /** Goes on with a connection that was busy. */
  goOn(socket: Socket): void {
    const input = this.inputs.get(socket);
    if (!input?.rest) return;
    const { rest } = input;
    input.rest = undefined;
    if (this.parse(socket, input, rest)) socket.resume();
  }

  /** @returns whether it parsed all, and the connection goes on */
  private parse(socket: Socket, input: Input, chunk: Buffer): boolean {
    for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
      if (this.isBusy(socket)) {
        input.rest = chunk.subarray(at);
        socket.pause();
        return false;
      }
      const end = at + PIECE_BYTES;
      input.rest = end < chunk.length ? chunk.subarray(end) : undefined; // in case that this piece is the last of HTTP
      input.parse.call(socket, chunk.subarray(at, end));
      if (socket.destroyed || !this.inputs.has(socket)) return false;
    }
    input.rest = undefined;
    return true;
  }

  /** One listener for all connections: Node calls it with the connection as `this`. */
  private readonly received = ((paced: PacedInput) =>
    function (this: Socket, chunk: Buffer): void {
      const input = paced.inputs.get(this);
      if (input) paced.parse(this, input, input.rest ? Buffer.concat([input.rest, chunk]) : chunk);
    })(this);

  /** Node resumes a connection after each request, also while it has to wait. */
  private readonly resumed = ((paced: PacedInput) =>
    function (this: Socket): Socket {
      return paced.inputs.get(this)?.rest ? this : Socket.prototype.resume.call(this);
    })(this);
}
