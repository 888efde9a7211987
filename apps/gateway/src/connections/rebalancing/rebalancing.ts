import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { GATEWAY_CONFIG, type GatewayConfig } from '../../gateway.config.js';
import { Connections } from '../connections.js';
import { type Subscriber } from '../subscriber.js';
import { PeerChannel } from './peer-channel.js';
import { excess, PeerCounts } from './peer-counts.js';

/** After so many moves the gateway checks whether they helped. */
const MOVES_OF_ATTEMPT = 100;

/** The part of the moved clients by which their number must have fallen. */
const LEAST_EFFECT = 1 / 20;

/** How long a gateway moves nobody after an attempt that did not help. */
const PAUSE_MS = 3_600_000;

/**
 * Sends a few clients to other gateways while this one has more than its share, as after a scale-out. They are closed one by one,
 * and resume elsewhere. Where they go is the business of the proxy, so one that counts connections needs the fewest moves.
 */
@Injectable()
export class Rebalancing implements OnModuleInit, BeforeApplicationShutdown, OnApplicationShutdown {
  private readonly logger = new Logger(Rebalancing.name);
  private readonly counts: PeerCounts;
  private channel?: PeerChannel;
  private readonly timers: NodeJS.Timeout[] = [];
  private isStopping = false;
  private attempt?: { startedWith: number; moved: number };
  private pausedUntil = 0;

  constructor(
    private readonly connections: Connections,
    @Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig,
  ) {
    this.counts = new PeerCounts(config.rebalance, performance.now());
  }

  onModuleInit(): void {
    const { redisUrl, feed, rebalance } = this.config;
    if (rebalance.perMinute === 0) return;
    this.channel = new PeerChannel(redisUrl, feed.name, (message) => {
      if (message.gateway !== this.config.name) this.counts.hear(message, performance.now());
    });
    this.timers.push(
      setInterval(() => void this.tell(), rebalance.tellEveryMs).unref(),
      setInterval(this.moveOne, 60_000 / rebalance.perMinute).unref(),
    );
  }

  /** The others move nobody while the clients of this gateway come to them. */
  async beforeApplicationShutdown(): Promise<void> {
    this.isStopping = true;
    await this.tell();
  }

  async onApplicationShutdown(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    await this.channel?.close();
  }

  private async tell(): Promise<void> {
    const connections = this.connections.size;
    await this.channel?.tell({ gateway: this.config.name, connections, isStopping: this.isStopping });
  }

  private readonly moveOne = (): void => {
    const now = performance.now();
    const others = this.counts.steady(now);
    const own = this.connections.size;
    const isAbove = others !== undefined && excess(own, others, this.attempt !== undefined) > 0;
    if (!isAbove || this.isStopping || now < this.pausedUntil) {
      this.attempt = undefined;
      return;
    }
    const client = this.firstMovable(now);
    if (!client) return;
    this.attempt ??= { startedWith: own, moved: 0 };
    this.attempt.moved++;
    client.close('rebalance');
    if (this.attempt.moved === MOVES_OF_ATTEMPT) this.judge(this.attempt, own, now);
  };

  /** A client that has been here for a while, has everything, and will resume from memory: the one that came first. */
  private firstMovable(now: number): Subscriber | undefined {
    const { keepMs } = this.config.rebalance;
    for (const client of this.connections.all()) {
      const isSettled = client.progress.state === 'live' && now - client.authenticatedAtMs >= keepMs;
      // A polling client opens a new session, and its cookie may lead it back here.
      const isPolling = client.takenBytes === undefined;
      if (isSettled && !isPolling && client.isConnected && client.pendingBytes === 0) return client;
    }
    return undefined;
  }

  /** Clients that the proxy sends back here would move again and again. */
  private judge({ startedWith, moved }: { startedWith: number; moved: number }, own: number, now: number): void {
    this.attempt = { startedWith: own, moved: 0 };
    if (startedWith - own >= moved * LEAST_EFFECT) return;
    this.pausedUntil = now + PAUSE_MS;
    this.logger.warn(
      `Moved ${moved} clients to other gateways, but as many came: does the proxy send them back by a cookie? ` +
        'Moving none for an hour',
    );
  }
}
