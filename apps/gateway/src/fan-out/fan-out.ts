import { Inject, Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { type FeedGap, type PublishedChange } from '@galley/change-feed';
import { formatPosition, type Position } from '@galley/contracts';
import { Tracing } from '@galley/runtime';
import { Connections } from '../connections/connections.js';
import { SlowConsumers } from '../connections/slow-consumers.js';
import { wireEvent } from '../connections/wire-event.js';
import { FeedLiveness } from '../feed/feed-liveness.js';
import { FeedFollower, type FeedListener } from '../feed/feed-follower.js';
import { GATEWAY_CONFIG, type GatewayConfig } from '../gateway.config.js';
import { RoomMembers } from '../rooms/room-members.js';
import { broadcast } from './broadcast.js';
import { Bundle } from './bundle.js';
import { recordDeliveries } from './delivery-spans.js';

/** Sends every change of the feed to the clients of this replica that are entitled to it. */
@Injectable()
export class FanOut implements FeedListener, OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger(FanOut.name);
  /** What was sent since the start. */
  readonly counts = { changes: 0, deliveries: 0, writes: 0, bytes: 0, resyncs: 0 };
  private heartbeat?: NodeJS.Timeout;

  constructor(
    private readonly feed: FeedFollower,
    private readonly connections: Connections,
    private readonly members: RoomMembers,
    private readonly slowConsumers: SlowConsumers,
    private readonly liveness: FeedLiveness,
    private readonly tracing: Tracing,
    @Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig,
  ) {
    feed.listen(this);
    liveness.onChange(() => {
      this.sendHeartbeat();
    });
  }

  onModuleInit(): void {
    this.heartbeat = setInterval(() => {
      this.sendHeartbeat();
    }, this.config.feedHeartbeatMs).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.heartbeat);
  }

  /**
   * Sends only to the clients of this replica. Every replica follows the feed, so the adapter would send a copy from
   * each.
   */
  onChanges(changes: readonly PublishedChange[]): void {
    const send = () => broadcast(changes, this.members);
    const { tracer } = this.tracing;
    const { deliveries, writes, bytes, mostBytes } = tracer ? recordDeliveries(tracer, changes, send) : send();
    this.counts.changes += changes.length;
    this.counts.deliveries += deliveries;
    this.counts.writes += writes;
    this.counts.bytes += bytes;
    this.slowConsumers.recordSent(mostBytes);
  }

  onGap({ reason, now }: FeedGap): void {
    this.logger.error(`Changes are missing from the feed (${reason}); clients are told to fetch their orders again`);
    this.emitResync(reason, now);
  }

  /** Clients that connected before this replica knew its place may have missed changes since they fetched their orders. */
  onStart(position: Position | undefined): void {
    this.emitResync('new-epoch', position);
  }

  private emitResync(reason: FeedGap['reason'], now: Position | undefined): void {
    const resync = new Bundle([wireEvent('resync', { reason, ...(now && { position: formatPosition(now) }) })]);
    // Who is still being sent missed changes is told by `ready` whether any are missing.
    for (const subscriber of this.connections.all()) {
      if (subscriber.progress.state !== 'live') continue;
      this.counts.resyncs++;
      subscriber.send(resync);
    }
  }

  private sendHeartbeat(): void {
    const { head } = this.feed;
    const position = head && { position: formatPosition(head) };
    const feed = new Bundle([wireEvent('feed', { ...position, ...this.liveness.state })]);
    for (const subscriber of this.members.feedListeners) subscriber.send(feed);
  }
}
