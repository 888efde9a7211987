import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type Socket } from 'node:net';

/** How many pipelined requests may wait on one connection, and on all together. */
const MAX_WAITING = 100;
const MAX_WAITING_IN_TOTAL = 2_000;

/** A request that is being answered. */
export interface Turn {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly queue: Queue;
}

/** What a connection has asked for while a request was under way, oldest first. */
interface Queue {
  readonly waiting: (() => void)[];
  /** Whether nothing may follow. */
  isClosed: boolean;
}

/**
 * Lets each connection have one request under way at a time. Node would start all requests that a client has pipelined, and
 * keep all of their answers in memory.
 */
export class Turns {
  private readonly turns = new Map<Socket, Turn>();
  private waitingInTotal = 0;

  /** @param answered is called when a connection has its answer, and waits for nothing more */
  constructor(private readonly answered: (turn: Turn) => void) {}

  get(socket: Socket): Turn | undefined {
    return this.turns.get(socket);
  }

  /** The connections with a request under way. */
  sockets(): Iterable<Socket> {
    return this.turns.keys();
  }

  /** Handles a request once the answers before it have been sent. A client that pipelines too much is cut off. */
  handleInTurn(request: IncomingMessage, response: ServerResponse, handle: () => void): void {
    const { socket } = request;
    const turn = this.turns.get(socket);
    if (!turn) this.begin({ request, response, queue: { waiting: [], isClosed: false } }, handle);
    else {
      this.wait(turn, () => {
        this.begin({ request, response, queue: turn.queue }, handle);
      });
    }
  }

  /** Does something once all answers have been sent. Nothing can follow it; a connection needs that once. */
  waitForLast(socket: Socket, action: () => void): void {
    const turn = this.turns.get(socket);
    if (!turn || turn.queue.isClosed) return;
    this.wait(turn, action);
    turn.queue.isClosed = true;
  }

  private wait({ request, queue }: Turn, next: () => void): void {
    const isFull = queue.waiting.length >= MAX_WAITING || this.waitingInTotal >= MAX_WAITING_IN_TOTAL;
    if (queue.isClosed || isFull) request.socket.destroy();
    else {
      this.waitingInTotal++;
      queue.waiting.push(next);
    }
  }

  private begin(turn: Turn, handle: () => void): void {
    this.turns.set(turn.request.socket, turn);
    turn.response.once('close', () => {
      this.end(turn);
    });
    handle();
  }

  private end(turn: Turn): void {
    const { socket } = turn.request;
    const { waiting } = turn.queue;
    this.turns.delete(socket);
    if (socket.destroyed) this.waitingInTotal -= waiting.length;
    else {
      const next = waiting.shift();
      if (next) {
        this.waitingInTotal--;
        next();
      } else this.answered(turn);
    }
  }
}
