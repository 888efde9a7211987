import { once } from 'node:events';
import { ServerResponse, type IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { type Server } from 'socket.io';
import { GATEWAY_CONFIG, type GatewayConfig } from '../../gateway.config.js';
import { connectionOf, cut, inspectPayloads, pendingBytes, type Connection } from '../engine-internals.js';
import { type ConnectionStage } from '../lifecycle.js';
import { Allowance, COST_BYTES, MAX_UNREAD_BYTES, UNREAD_PAUSE_MS } from './allowance.js';
import { CUT_AFTER_MS, Excess } from './excess.js';

/** Most packets in one request. A client sends all events of a burst in one. */
const MAX_PACKETS = 256;
const SEPARATOR = '\u001e';

/** Most attempts of a connection to upgrade, and most probes. A client makes one. */
const MAX_UPGRADES = 3;

/** Requests for data. Many of them are no offence, because each change makes a client ask again: they wait, and get more. */
const POLLS = { perSecond: 100, burst: 100 };

/** What is known about the requests of a polling connection. */
interface Requests {
  input: Allowance;
  polls: Allowance;
  upgrades: number;
  probes: number;
  /** The methods of the requests that wait for their turn. */
  waiting: Set<string | undefined>;
  /** The answer to the last request for data. */
  answer?: ServerResponse;
}

/** Takes the requests of polling clients at a bounded pace, and bounds what one request may contain. */
@Injectable()
export class PollingPace implements ConnectionStage {
  private readonly requests = new WeakMap<Connection, Requests>();

  constructor(
    @Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig,
    private readonly excess: Excess,
  ) {}

  attach({ engine }: Server): void {
    engine.on('connection', (connection: Connection) => {
      if (connection.transport.name === 'polling') this.start(connection);
    });
    engine.use((request: IncomingMessage, response: object, next: () => void) => {
      const connection = connectionOf(engine, request);
      const requests = connection && this.requests.get(connection);
      if (!requests) next();
      else if (isResponse(response)) this.takeRequest(request, response, connection, requests, next);
      else {
        if (++requests.upgrades > MAX_UPGRADES) this.excess.end(connection);
        next();
      }
    });
  }

  private start(connection: Connection): void {
    const input = new Allowance(this.config.limits.input);
    const requests = { input, polls: new Allowance(POLLS), upgrades: 0, probes: 0, waiting: new Set<string>() };
    this.requests.set(connection, requests);
    connection.on('upgrading', () => {
      if (++requests.probes > MAX_UPGRADES) this.excess.end(connection);
    });
    inspectPayloads(connection, (payload) => {
      const packets = payload.split(SEPARATOR, MAX_PACKETS + 1).length;
      input.spend(Buffer.byteLength(payload) + packets * COST_BYTES.packet);
      if (packets > MAX_PACKETS) this.excess.end(connection);
      return packets <= MAX_PACKETS;
    });
  }

  /** Lets a request pass when it is its turn. */
  private takeRequest(
    { method }: IncomingMessage,
    response: ServerResponse,
    connection: Connection,
    requests: Requests,
    next: () => void,
  ): void {
    // engine.io ends a connection with two requests of the same kind at a time. It does not see those that wait here.
    if (requests.waiting.has(method)) this.excess.end(connection);
    const turn = method === 'POST' ? this.turnToSend(connection, requests) : turnToAsk(response, requests);
    if (!turn) {
      next();
      return;
    }
    requests.waiting.add(method);
    void turn.then(() => {
      requests.waiting.delete(method);
      // A client that gives up a request loses its connection, as with engine.io.
      if (response.destroyed) cut(connection);
      else next();
    });
  }

  private turnToSend(connection: Connection, { input }: Requests): Promise<unknown> | undefined {
    input.spend(COST_BYTES.request);
    if (input.waitMs > 0 && input.overForMs > CUT_AFTER_MS) this.excess.end(connection);
    const unreadMs = pendingBytes(connection) > MAX_UNREAD_BYTES ? UNREAD_PAUSE_MS : 0;
    return waitFor(Math.max(input.waitMs, unreadMs));
  }
}

function turnToAsk(response: ServerResponse, requests: Requests): Promise<unknown> | undefined {
  const { answer, polls } = requests;
  requests.answer = response;
  polls.spend(1);
  // A client that does not read its answers would otherwise get one after the other.
  const isUnread = answer?.writableEnded === true && !answer.writableFinished && !answer.destroyed;
  return isUnread ? once(answer, 'close') : waitFor(polls.waitMs);
}

const waitFor = (milliseconds: number) =>
  milliseconds > 0 ? delay(milliseconds, undefined, { ref: false }) : undefined;

/** Whether engine.io answers this request with HTTP. For an upgrade it makes a response of its own. */
const isResponse = (response: object): response is ServerResponse => response instanceof ServerResponse;
