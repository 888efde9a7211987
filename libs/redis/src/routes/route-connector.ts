import { createConnection, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { AbstractConnector } from 'ioredis';
import { type RedisNode } from '../redis-url.js';
import { type Route } from './route.js';

/** How long a server may take to close a connection that is ended. */
const CLOSE_WITHIN_MS = 2_000;

/** The pause if no server could say where to go. */
const ASK_AGAIN_AFTER_MS = 500;

type EmitError = (type: string, error: Error) => void;

/** Opens the connections of an ioredis client. */
export class RouteConnector extends AbstractConnector {
  constructor(
    private readonly route: Route,
    private readonly tls: boolean,
  ) {
    super(CLOSE_WITHIN_MS);
  }

  override check(info: { role?: string }): boolean {
    return this.route.accepts(info);
  }

  override async connect(emit: EmitError): Promise<Socket> {
    this.connecting = true;
    const node = await this.findNode(emit);
    const socket = this.tls ? connectTls(node) : createConnection(node);
    socket.once('error', (error: Error) => {
      this.firstError = error;
    });
    this.stream = socket;
    return socket;
  }

  /** Each of several refused commands asks for it. */
  override disconnect(): void {
    if (this.connecting) super.disconnect();
  }

  /** Does not give up: ioredis ends a client permanently if its connector rejects. */
  private async findNode(emit: EmitError): Promise<RedisNode> {
    for (;;) {
      let node: RedisNode | undefined;
      try {
        node = await this.route.findNode();
      } catch (error) {
        emit('error', error as Error);
      }
      if (!this.connecting) throw new Error('Connection is closed.');
      if (node) return node;
      await delay(ASK_AGAIN_AFTER_MS);
    }
  }
}
