import { Inject, Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { type FeedGap, type PublishedChange } from '@galley/change-feed';
import { formatPosition } from '@galley/contracts';
import { Connections } from '../connections/connections.js';
import { SlowConsumers } from '../connections/slow-consumers.js';
import { FeedFollower, type FeedListener } from '../feed/feed-follower.js';
import { GATEWAY_CONFIG, type GatewayConfig } from '../gateway.config.js';
import { FEED_ROOM, LIVE_ROOM } from '../rooms/room-rules.js';
import { broadcast } from './broadcast.js';

/** Sends every change of the feed to the sockets of this replica that are entitled to it. */
@Injectable()
export class FanOut implements FeedListener, OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger(FanOut.name);
  private heartbeat?: NodeJS.Timeout;

  constructor(
    private readonly feed: FeedFollower,
    private readonly connections: Connections,
    private readonly slowConsumers: SlowConsumers,
    @Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig,
  ) {
    feed.listen(this);
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
   * Sends only to the sockets of this replica. Every replica follows the feed, so the adapter would send a copy from
   * each.
   */
  onChanges(changes: readonly PublishedChange[]): void {
    const { namespace } = this.connections;
    if (namespace) this.slowConsumers.recordSent(broadcast(changes, namespace));
  }

  onGap({ reason, now }: FeedGap): void {
    this.logger.error(`Changes are missing from the feed (${reason}); clients are told to fetch their orders again`);
    this.connections.emit(LIVE_ROOM, 'resync', { reason, ...(now && { position: formatPosition(now) }) });
  }

  /** Sends nothing while this replica gets no changes, so that its clients notice the silence. */
  private sendHeartbeat(): void {
    const { head, isAttached } = this.feed;
    if (isAttached && head) this.connections.emit(FEED_ROOM, 'feed', { position: formatPosition(head) });
  }
}
