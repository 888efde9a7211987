import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type Socket } from 'node:net';
import { PIECE_BYTES, SHORTEST_REQUEST_BYTES } from './paced-input.js';

/** How many pipelined requests may wait on one connection, and on all together. */
const MAX_WAITING = Math.ceil(PIECE_BYTES / SHORTEST_REQUEST_BYTES);
const MAX_WAITING_IN_TOTAL = 5_000;

/** A request that is being answered. */
export interface Turn {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** What the connection has asked for meanwhile. */
  queue?: Queue;
  /** Whether its answer goes on until either side ends the connection, so that nothing can follow. */
  isStream?: boolean;
}

/** What a connection has asked for while a request was under way, oldest first. */
interface Queue {
  readonly waiting: (() => void)[];
  /** Whether nothing may follow. */
  isClosed: boolean;
}

interface TurnHandlers {
  /** Called for each request once the answers before it have been sent. */
  handle: (turn: Turn) => void;
  /** Called when a connection has its answer, and waits for nothing more. */
  answered: (turn: Turn) => void;
  /** Called when too many requests wait on a connection, or on all. */
  overflowed: (socket: Socket) => void;
}

/**
 * Lets each connection have one request under way at a time. Node would start all requests that a client has pipelined, and
 * keep all of their answers in memory.
 */
export class Turns {
  private readonly turns = new Map<Socket, Turn>();
  private waitingInTotal = 0;

  constructor(private readonly handlers: TurnHandlers) {}

  get(socket: Socket): Turn | undefined {
    return this.turns.get(socket);
  }

  /** The connections that wait for an answer which ends by itself. */
  *answering(): Generator<Socket, void> {
    for (const [socket, { isStream }] of this.turns) if (!isStream) yield socket;
  }

  /** The answer under way goes on until either side ends the connection. A peer that asks for more meanwhile is cut off. */
  beginStream(response: ServerResponse): void {
    const turn = this.turns.get(response.req.socket);
    if (turn?.response !== response) return;
    turn.isStream = true;
    if (turn.queue?.isClosed || turn.queue?.waiting.length) this.handlers.overflowed(response.req.socket);
  }

  /** Whether what a connection sends next has to wait for its answer. Nothing waits for a stream: it is refused at once. */
  mustWait(socket: Socket): boolean {
    const turn = this.turns.get(socket);
    return turn?.request.complete === true && !turn.isStream;
  }

  underWay(): Iterable<Turn> {
    return this.turns.values();
  }

  /** Handles a request, or keeps it until its turn. */
  takeRequest(request: IncomingMessage, response: ServerResponse): void {
    const underWay = this.turns.get(request.socket);
    if (!underWay) this.begin({ request, response });
    else {
      const queue = this.queueBehind(underWay);
      this.wait(underWay, () => {
        this.begin({ request, response, queue });
      });
    }
  }

  /** Does something once all answers have been sent. Nothing can follow it; a connection needs that once. */
  waitForLast(socket: Socket, action: () => void): void {
    const underWay = this.turns.get(socket);
    if (!underWay || underWay.queue?.isClosed) return;
    this.wait(underWay, action);
    this.queueBehind(underWay).isClosed = true;
  }

  private queueBehind(turn: Turn): Queue {
    return (turn.queue ??= { waiting: [], isClosed: false });
  }

  private wait(underWay: Turn, next: () => void): void {
    const { waiting, isClosed } = this.queueBehind(underWay);
    const isFull = waiting.length >= MAX_WAITING || this.waitingInTotal >= MAX_WAITING_IN_TOTAL;
    if (underWay.isStream || isClosed || isFull) this.handlers.overflowed(underWay.request.socket);
    else {
      this.waitingInTotal++;
      waiting.push(next);
    }
  }

  private begin(turn: Turn): void {
    this.turns.set(turn.request.socket, turn);
    turn.response.on('close', this.closed);
    this.handlers.handle(turn);
  }

  /** One listener for all answers: Node calls it with the answer as `this`. */
  private readonly closed = ((turns: Turns) =>
    function (this: ServerResponse): void {
      const turn = turns.turns.get(this.req.socket);
      if (turn?.response === this) turns.end(turn);
    })(this);

  private end(turn: Turn): void {
    const { socket } = turn.request;
    if (socket.destroyed) this.forget(turn);
    else if (turn.queue?.waiting.length) setImmediate(this.goOn, turn);
    else {
      this.turns.delete(socket);
      this.handlers.answered(turn);
    }
  }

  /** In a later turn of the event loop, so that others do not wait for all that one connection has pipelined. */
  private readonly goOn = (turn: Turn): void => {
    const next = turn.request.socket.destroyed ? undefined : turn.queue?.waiting.shift();
    if (!next) {
      this.forget(turn);
      return;
    }
    this.waitingInTotal--;
    this.turns.delete(turn.request.socket);
    next();
  };

  /** The connection is gone. */
  private forget({ request, queue }: Turn): void {
    this.turns.delete(request.socket);
    this.waitingInTotal -= queue?.waiting.length ?? 0;
  }
}
