import { type IncomingMessage, type ServerResponse } from 'node:http';
import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { z } from 'zod';
import { readChanges } from '@galley/contracts';
import { CheckedByHandler, type HttpServer, Peers, Refuses, Strangers } from '@galley/http';
import { Answers } from '@galley/runtime';
import { Drain } from '../connections/drain.js';
import { EventStream, type AnswerHeaders } from '../connections/event-stream.js';
import { EventStreams } from '../connections/event-streams.js';
import { Handshakes } from '../connections/handshakes.js';
import { SubscriberStages } from '../connections/subscriber-stages.js';
import { GATEWAY_CONFIG, type GatewayConfig } from '../gateway.config.js';
import { connectAuthOf, type ChangesRequest } from './changes-request.js';

interface Request extends ChangesRequest {
  raw: IncomingMessage;
  method: string;
}

interface Reply {
  raw: ServerResponse;
  /** From now on nobody else answers. */
  hijack(): unknown;
  getHeaders(): AnswerHeaders;
}

/** The same changes as over Socket.IO, as Server-Sent Events: docs/CHANGES_OVER_HTTP.md. */
@Controller('changes')
export class ChangesController {
  constructor(
    @Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig,
    private readonly host: HttpAdapterHost,
    private readonly peers: Peers,
    private readonly strangers: Strangers,
    private readonly drain: Drain,
    private readonly handshakes: Handshakes,
    private readonly stages: SubscriberStages,
    private readonly streams: EventStreams,
  ) {}

  /**
   * Follows the changes as Server-Sent Events, with the names, payloads, rights and limits of Socket.IO. The answer goes on until
   * either side ends it.
   *
   * `event:` is the name, `data:` the payload in one line of JSON, and `id:` the position up to which the reader has everything. A
   * reader that comes back, to any gateway, sends the last `id` as `Last-Event-ID` and gets what it missed. The events are
   * described in `asyncapi.json`.
   * @throws GalleyError
   */
  @Get()
  @CheckedByHandler({ action: 'readOrder', query: readChanges, headers: ['last-event-id'] })
  @Answers(z.string(), { type: 'text/event-stream' })
  @Refuses('order_not_found', 'too_many_rooms', 'too_many_connections')
  async readChanges(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const response = reply.raw;
    response.shouldKeepAlive = false; // a client that is refused may have better luck with another replica
    this.drain.refuseIfStopping();
    await this.handshakes.accept(request.raw, response);
    const auth = connectAuthOf(request, this.config.maxRooms);
    const stream = new EventStream(response, this.peers.addressOf(request.raw), auth, this.streams.counts);
    await this.stages.connecting(stream);
    this.strangers.recognize(request.raw);
    this.drain.refuseIfStopping();
    reply.hijack();
    if (request.method === 'HEAD') stream.answerHead(reply.getHeaders());
    else this.start(stream, reply);
  }

  private start(stream: EventStream, reply: Reply): void {
    const server: unknown = this.host.httpAdapter.getHttpServer();
    (server as HttpServer).beginStream(reply.raw);
    stream.open(reply.getHeaders());
    if (!stream.isConnected) return;
    reply.raw.once('close', () => {
      this.streams.delete(stream);
      this.stages.disconnected(stream, 'client_left');
    });
    this.streams.add(stream);
    this.stages.connected(stream);
  }
}
