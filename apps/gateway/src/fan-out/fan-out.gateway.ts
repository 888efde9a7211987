import { Inject, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { WebSocketGateway, WebSocketServer, type OnGatewayInit } from '@nestjs/websockets';
import { type Server } from 'socket.io';
import { ChangeFeed, type FeedGap, type FeedSubscription, type PublishedChange } from '@galley/change-feed';
import { formatPosition, type FeedEvent, type Position, type ResyncEvent } from '@galley/contracts';
import { GATEWAY_CONFIG, type GatewayConfig } from '../gateway.config.js';
import { SlowConsumers } from '../slow-consumers/slow-consumers.js';
import { broadcast } from './broadcast.js';
import { RecentChanges } from './recent-changes.js';

/** The room of the clients that are told changes as they come; the others are still being sent what they missed. */
export const LIVE_ROOM = 'live';
/** The room of the clients that asked for `feed`. */
export const FEED_ROOM = 'feed';
export const INTERNAL_ROOMS: readonly string[] = [LIVE_ROOM, FEED_ROOM];

/** Brings every change of the feed to the sockets of this replica that are entitled to it. */
@WebSocketGateway()
export class FanOutGateway implements OnGatewayInit, OnApplicationShutdown {
  @WebSocketServer()
  readonly server!: Server;
  readonly recent: RecentChanges;
  /** Resolves when this replica has found its place in the feed. Before that nobody can be told where they stand. */
  readonly started: Promise<void>;
  private start: () => void = () => undefined;
  private readonly logger = new Logger(FanOutGateway.name);
  /** Changes of this tick that have not been delivered yet. */
  private arrived: PublishedChange[] = [];
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

  afterInit(): void {
    this.slowConsumers.watch(this.server);
    this.subscription = this.feed.subscribe({
      onStart: (position) => {
        this.recent.restart(position);
        this.start();
      },
      onChange: (change) => {
        this.receive(change);
      },
      onGap: (gap) => {
        this.declareGap(gap);
      },
    });
    this.heartbeat = setInterval(() => {
      this.beat();
    }, this.config.feedHeartbeatMs).unref();
  }

  /** After the drain: until it is closed each client hears of every change. */
  async onApplicationShutdown(): Promise<void> {
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

  /** What arrives together goes out together, in this same tick. */
  private receive(change: PublishedChange): void {
    this.arrived.push(change);
    if (this.arrived.length > 1) return;
    queueMicrotask(() => {
      this.deliver();
    });
  }

  /** Locally: every replica follows the feed, so through the adapter each socket would get one copy a replica. */
  private deliver(): void {
    const changes = this.arrived;
    if (changes.length === 0) return;
    this.arrived = [];
    for (const change of changes) this.recent.push(change);
    try {
      this.slowConsumers.note(broadcast(changes, this.server.sockets));
    } catch (error) {
      this.logger.error(`Could not deliver ${changes.length} changes`, error);
    }
    for (const look of this.waiting) look();
  }

  private declareGap({ reason, now }: FeedGap): void {
    this.deliver();
    this.recent.restart(now);
    this.logger.error(`Changes are missing from the feed (${reason}); clients are told to fetch their orders anew`);
    const event: ResyncEvent = { reason, ...(now && { position: formatPosition(now) }) };
    this.server.local.to(LIVE_ROOM).emit('resync', event);
    for (const look of this.waiting) look();
  }

  /** Silent while this replica hears nothing, which tells a client as much. */
  private beat(): void {
    const { head } = this.recent;
    if (!this.attached || !head) return;
    const event: FeedEvent = { position: formatPosition(head) };
    this.server.local.to(FEED_ROOM).emit('feed', event);
  }
}
