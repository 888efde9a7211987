import { Inject, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { WebSocketGateway, type OnGatewayInit } from '@nestjs/websockets';
import { type Server } from 'socket.io';
import { ChangeFeed, type FeedGap, type FeedSubscription, type PublishedChange } from '#change-feed';
import { formatPosition, type FeedEvent, type Position, type ResyncEvent } from '#contracts';
import { GATEWAY_CONFIG, type GatewayConfig } from '../gateway.config.js';
import { SlowConsumers } from '../slow-consumers/slow-consumers.js';
import { deliveriesOf } from './deliveries.js';
import { RecentChanges } from './recent-changes.js';

/** The room of the clients that are told changes as they come; the others are still being sent what they missed. */
export const LIVE_ROOM = 'live';
/** The room of the clients that asked for `feed`. */
export const FEED_ROOM = 'feed';
export const INTERNAL_ROOMS: readonly string[] = [LIVE_ROOM, FEED_ROOM];

/** Brings every change of the feed to the sockets of this replica that are entitled to it. */
@WebSocketGateway()
export class FanOutGateway implements OnGatewayInit<Server>, BeforeApplicationShutdown {
  readonly recent: RecentChanges;
  /** Resolves when this replica has found its place in the feed. Before that nobody can be told where they stand. */
  readonly started: Promise<void>;
  private start: () => void = () => undefined;
  private readonly logger = new Logger(FanOutGateway.name);
  private readonly waiting = new Set<() => void>();
  private subscription?: FeedSubscription;
  private heartbeat?: NodeJS.Timeout;

  constructor(
    private readonly feed: ChangeFeed,
    private readonly slowConsumers: SlowConsumers,
    @Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig,
  ) {
    this.recent = new RecentChanges(config.recentBytes);
    this.started = new Promise((resolve) => (this.start = resolve));
  }

  /** Whether changes reach this replica now. */
  get attached(): boolean {
    return this.subscription?.attached ?? false;
  }

  afterInit(server: Server): void {
    this.slowConsumers.watch(server);
    this.subscription = this.feed.subscribe({
      onStart: (position) => {
        this.recent.restart(position);
        this.start();
      },
      onChange: (change) => {
        this.deliver(server, change);
      },
      onGap: (gap) => {
        this.declareGap(server, gap);
      },
    });
    this.heartbeat = setInterval(() => {
      this.beat(server);
    }, this.config.feedHeartbeatMs).unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.heartbeat);
    await this.subscription?.close();
  }

  /** Waits until this replica has delivered the change at this position. */
  async reached(position: Position, deadlineMs: number): Promise<boolean> {
    const there = () => this.recent.after(position, 0) !== undefined;
    if (there()) return true;
    return new Promise((resolve) => {
      const settle = (result: boolean) => {
        clearTimeout(timer);
        this.waiting.delete(look);
        resolve(result);
      };
      const before = this.recent.head?.epoch;
      const look = () => {
        const now = this.recent.head?.epoch;
        if (there()) settle(true);
        else if (now !== before && now !== position.epoch) settle(false);
      };
      const timer = setTimeout(settle, deadlineMs, false).unref();
      this.waiting.add(look);
    });
  }

  /** Locally: every replica follows the feed, so through the adapter each socket would get one copy a replica. */
  private deliver(server: Server, change: PublishedChange): void {
    this.recent.push(change);
    try {
      for (const { event, rooms, payload } of deliveriesOf(change)) {
        server.local.to(rooms).emit(event, JSON.parse(payload));
        this.slowConsumers.note(payload.length);
      }
    } catch (error) {
      this.logger.error(`Could not deliver ${change.type} of order ${change.orderId}`, error);
    }
    for (const look of this.waiting) look();
  }

  private declareGap(server: Server, { reason, now }: FeedGap): void {
    this.recent.restart(now);
    this.logger.error(`Changes are missing from the feed (${reason}); clients are told to fetch their orders anew`);
    const event: ResyncEvent = { reason, ...(now && { position: formatPosition(now) }) };
    server.local.to(LIVE_ROOM).emit('resync', event);
    for (const look of this.waiting) look();
  }

  /** Silent while this replica hears nothing, which tells a client as much. */
  private beat(server: Server): void {
    const { head } = this.recent;
    if (!this.attached || !head) return;
    const event: FeedEvent = { position: formatPosition(head) };
    server.local.to(FEED_ROOM).emit('feed', event);
  }
}
