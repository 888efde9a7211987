import { Server, ServerResponse, type IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { GalleyError, invalidRequest } from '@galley/contracts';
import { type AuditLog } from '@galley/runtime';
import { type Peers } from '../peers/peers.js';
import { toProblemBytes, writeProblem } from '../problems/problem-answer.js';
import { endThenReadOn, limitRestOf } from './lingering-close.js';
import { OpenConnections, type HttpConnectionLimits } from './open-connections.js';
import { PacedInput } from './paced-input.js';
import { checkHead, WebSocketOrPlainRequest } from './request-head.js';
import { Turns, type Turn } from './turns.js';
import { UntakenAnswers } from './untaken-answers.js';

/**
 * Milliseconds for the head of a request, and for the whole request. Node checks this often, so a silent peer is
 * disconnected soon.
 */
const DEADLINES = { headersTimeout: 5_000, requestTimeout: 10_000, connectionsCheckingInterval: 1_000 };

/** How long a connection may be idle between two requests. Node closes it a second later, so that no request is lost. */
const KEEP_ALIVE_MS = 5_000;
/** The same for a trusted proxy, which uses its connections for many clients. Proxies commonly wait 60 s. */
const KEEP_ALIVE_OF_PROXY_MS = 72_000;

const CHECK_ANSWERS_EVERY_MS = 100;

/** Addresses that are remembered for their excess. */
const MAX_SUSPECTS = 10_000;

export interface HttpServerOptions {
  peers: Peers;
  limits: HttpConnectionLimits;
  audit: AuditLog;
  /** Called for each request before its handler. It may throw a GalleyError, which is then the answer. */
  before?: (request: IncomingMessage, response: ServerResponse) => void;
}

/**
 * The HTTP server of every process of ours. It decides what Node leaves open: who may have how many connections and for how
 * long, one request at a time on each, what becomes of answers that nobody takes, and what is refused before a framework
 * sees it. It refuses with problem documents.
 */
export class HttpServer extends Server {
  private readonly openConnections: OpenConnections;
  private readonly turns = new Turns({
    handle: (turn) => {
      this.handle(turn);
    },
    answered: (turn) => {
      this.answered(turn);
    },
    overflowed: (socket) => {
      this.suspect(socket);
    },
  });
  private readonly input = new PacedInput((socket) => this.turns.mustWait(socket));
  private readonly untaken = new UntakenAnswers();
  /** The keys of addresses whose input is paced. */
  private readonly suspects = new Set<string>();
  private areAnswersLast = false;

  constructor(private readonly options: HttpServerOptions) {
    super({
      ...{ ...DEADLINES, keepAliveTimeout: KEEP_ALIVE_MS, requireHostHeader: false },
      IncomingMessage: WebSocketOrPlainRequest,
      ServerResponse: LastIfEarly as typeof ServerResponse,
    });
    this.openConnections = new OpenConnections(options.limits, options.peers);
    this.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
      writeProblem(request, response, new GalleyError('expectation_failed'));
    });
    const timer = setInterval(() => {
      this.untaken.check(this.turns.answering());
    }, CHECK_ANSWERS_EVERY_MS).unref();
    this.once('close', () => {
      clearInterval(timer);
    });
  }

  /** From now on each connection ends after the answer that it gets next. */
  makeAnswersLast(): void {
    this.areAnswersLast = true;
    for (const { response } of this.turns.underWay()) response.shouldKeepAlive = false;
  }

  /**
   * Lets an answer go on until either side ends it. Its connection does not count as one of HTTP any more. The sender of the
   * answer must end it if the client does not take it.
   */
  beginStream(response: ServerResponse): void {
    const { req: request } = response;
    this.openConnections.forget(request.socket);
    this.turns.beginStream(response);
    if (this.input.hasRest(request.socket)) this.suspect(request.socket);
    readRestOf(request);
  }

  /** Intercepts what happens before any listener. Frameworks and engine.io add, wrap and remove listeners of their own. */
  override emit(event: string, ...args: unknown[]): boolean {
    switch (event) {
      case 'connection':
        return this.accept(args[0] as Socket);
      case 'request':
        this.turns.takeRequest(args[0] as IncomingMessage, args[1] as ServerResponse);
        return true;
      case 'upgrade':
        return this.upgrade(args[0] as IncomingMessage, args[1] as Socket, args[2] as Buffer);
      case 'clientError':
        return this.refuseInput(args[0] as NodeJS.ErrnoException, args[1] as Socket);
      default:
        return super.emit(event, ...args);
    }
  }

  private accept(socket: Socket): boolean {
    if (!this.openConnections.accept(socket)) {
      const address = this.options.peers.addressOfSocket(socket);
      this.options.audit.record({ action: 'connection', refused: 'too_many_connections', address });
      socket.destroy();
      return false;
    }
    socket.destroySoon = this.endAfterLastAnswer;
    super.emit('connection', socket);
    if (this.suspects.has(this.options.peers.keyOfSocket(socket))) this.input.attach(socket);
    return true;
  }

  /** Reads an address slowly from now on, because one of its connections has sent far more requests than it waits for. */
  private suspect(socket: Socket): void {
    if (socket.destroyed) return; // Node is still parsing what has come
    const { peers, audit } = this.options;
    const key = peers.keyOfSocket(socket);
    audit.record({ action: 'send', refused: 'too_many_requests', address: peers.addressOfSocket(socket) });
    socket.destroy();
    if (this.suspects.has(key)) return;
    const [oldest] = this.suspects;
    if (oldest !== undefined && this.suspects.size >= MAX_SUSPECTS) this.suspects.delete(oldest);
    this.suspects.add(key);
    for (const other of this.openConnections.of(key)) if (!other.destroyed) this.input.attach(other);
  }

  /**
   * Node calls it with the socket as `this` after the last answer, also while the client is still sending. It is one
   * function for all sockets, because a gateway has many.
   */
  private readonly endAfterLastAnswer = ((server: HttpServer) =>
    function (this: Socket): void {
      if (server.turns.get(this)?.request.complete === false) endThenReadOn(this);
      else Socket.prototype.destroySoon.call(this);
    })(this);

  private handle({ request, response }: Turn): void {
    if (this.areAnswersLast) response.shouldKeepAlive = false;
    try {
      const refusal = checkHead(request);
      if (refusal) {
        response.shouldKeepAlive = false; // nobody knows where the next request begins
        throw refusal;
      }
      this.options.before?.(request, response);
      super.emit('request', request, response);
    } catch (error) {
      if (!(error instanceof GalleyError)) throw error;
      writeProblem(request, response, error);
    }
  }

  private upgrade(request: IncomingMessage, socket: Socket, head: Buffer): boolean {
    const refusal = checkHead(request);
    if (refusal) {
      socket.on('error', () => undefined);
      endThenReadOn(socket, toProblemBytes(refusal));
      return true;
    }
    if (this.turns.get(socket)) {
      this.suspect(socket); // the answer under way would be written between the frames of the WebSocket
      return true;
    }
    this.openConnections.forget(socket);
    const rest = this.input.detach(socket);
    return super.emit('upgrade', request, socket, rest ? Buffer.concat([head, rest]) : head);
  }

  /** Answers input that Node refuses before it is a request, or in the middle of one. */
  private refuseInput({ code = '' }: NodeJS.ErrnoException, socket: Socket): boolean {
    const turn = this.turns.get(socket);
    const refuse = () => {
      const refusal = BY_PARSER_CODE[code] ?? invalidRequest([{ message: 'is not HTTP' }], 'request');
      endThenReadOn(socket, toProblemBytes(refusal));
    };
    if (!socket.writable) return true; // it has its last answer, and ends soon
    if (code === 'ECONNRESET') socket.destroy();
    else if (turn?.request.complete) this.turns.waitForLast(socket, refuse);
    // A connection on which nothing was sent is closed without an answer: the client would take it as the answer to its
    // next request.
    else if (socket.bytesRead === 0 || turn?.response.headersSent) socket.destroy();
    else refuse();
    return true;
  }

  private answered({ request }: Turn): void {
    const { socket } = request;
    if (this.input.hasRest(socket))
      setImmediate(() => {
        this.input.goOn(socket);
      });
    readRestOf(request);
    if (this.options.peers.isProxy(socket)) socket.setTimeout(KEEP_ALIVE_OF_PROXY_MS);
  }
}

/** Reads what is missing of a request, and nobody else reads any more. */
function readRestOf(request: IncomingMessage): void {
  if (request.complete) return;
  request.unpipe().resume();
  limitRestOf(request);
}

/** An answer that is the last one if it comes before the end of its request: clients disagree about what may follow. */
class LastIfEarly extends ServerResponse {
  override writeHead(...args: unknown[]): this {
    if (!this.req.complete) this.setHeader('connection', 'close');
    return (super.writeHead as (...args: unknown[]) => this)(...args);
  }
}

const BY_PARSER_CODE: Partial<Record<string, GalleyError>> = {
  ERR_HTTP_REQUEST_TIMEOUT: new GalleyError('request_timeout'),
  HPE_HEADER_OVERFLOW: new GalleyError('headers_too_large'),
  HPE_CHUNK_EXTENSIONS_OVERFLOW: new GalleyError('body_too_large'),
};
