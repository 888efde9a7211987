import { Inject, Injectable } from '@nestjs/common';
import { recordCommands } from '@galley/redis';
import { Metrics, StoreDurations, type Sample } from '@galley/runtime';
import { SlowConsumers } from '../connections/slow-consumers.js';
import { SubscriberStages } from '../connections/subscriber-stages.js';
import { FanOut } from '../fan-out/fan-out.js';
import { FeedFollower } from '../feed/feed-follower.js';
import { FeedLiveness } from '../feed/feed-liveness.js';
import { GATEWAY_CONFIG, type GatewayConfig } from '../gateway.config.js';
import { Joining } from '../joining/joining.js';
import { ConnectionCensus } from './connection-census.js';
import { DeliveryDelays } from './delivery-delays.js';

/** What a gateway tells Prometheus. docs/METRICS.md says what each is for. */
@Injectable()
export class GatewayMetrics {
  constructor(
    private readonly metrics: Metrics,
    private readonly feed: FeedFollower,
    private readonly liveness: FeedLiveness,
    private readonly fanOut: FanOut,
    private readonly joining: Joining,
    private readonly stages: SubscriberStages,
    private readonly slowConsumers: SlowConsumers,
    private readonly census: ConnectionCensus,
    @Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig,
  ) {
    if (config.management) feed.listen(new DeliveryDelays(metrics));
    if (config.management) recordCommands(new StoreDurations(metrics));
    this.registerFeed();
    this.registerConnections();
    this.registerDeliveries();
  }

  private registerFeed(): void {
    const { metrics, feed, liveness } = this;
    metrics.gauge({
      name: 'galley_feed_live',
      help: '1 while every change reaches this gateway soon after its commit.',
      read: () => Number(liveness.state.live),
    });
    metrics.gauge({
      name: 'galley_feed_behind_changes',
      help: 'Changes that are in the log and were not delivered by this gateway, as of its last look at the log.',
      read: () => feed.behind,
    });
    metrics.gauge({
      name: 'galley_feed_position',
      help: 'The number of the newest change in its epoch that this gateway has delivered.',
      read: () => feed.head?.seq ?? 0,
    });
    metrics.gauge({
      name: 'galley_feed_epoch',
      help: 'The number of the epoch of the log. A higher one begins when Redis has lost changes.',
      read: () => Number.parseInt(feed.head?.epoch.slice(0, 8) ?? '0', 16),
    });
    metrics.counter({
      name: 'galley_feed_gaps_total',
      help: 'How often changes were missing that the log could not bring back, so that clients fetch their orders again.',
      labels: ['reason'],
      read: () => Object.entries(feed.gaps).map(([reason, count]) => [{ reason }, count]),
    });
    metrics.counter({
      name: 'galley_feed_repairs_total',
      help: 'How often changes were read from the log because no message had brought them. Nothing is lost by it.',
      read: () => feed.repairs,
    });
  }

  private registerConnections(): void {
    const { metrics, census, config } = this;
    metrics.gauge({
      name: 'galley_connections',
      help: 'Accepted clients, by how they are connected and who they are.',
      labels: ['transport', 'role'],
      read: () => census.countAll().byKind,
    });
    metrics.gauge({
      name: 'galley_connections_limit',
      help: 'How many clients this gateway accepts.',
      read: () => config.limits.connections,
    });
    metrics.gauge({
      name: 'galley_pending_bytes',
      help: 'Bytes that wait for clients in the memory of this gateway.',
      read: () => census.countAll().pendingBytes,
    });
    metrics.gauge({
      name: 'galley_pending_bytes_max',
      help: 'Bytes that wait for the client for which most are waiting.',
      read: () => census.countAll().slowest[0]?.pendingBytes ?? 0,
    });
    metrics.counter({
      name: 'galley_connects_total',
      help: 'Clients that began to get changes: new, recovered (sent all they had missed), refetch (told to fetch anew).',
      labels: ['result'],
      read: () => {
        const { counts } = this.joining;
        return (['new', 'recovered', 'refetch'] as const).map((result): Sample => [{ result }, counts[result]]);
      },
    });
    metrics.counter({
      name: 'galley_replayed_changes_total',
      help: 'Missed changes that were sent to clients that came back.',
      read: () => this.joining.counts.replayed,
    });
    metrics.counter({
      name: 'galley_disconnects_total',
      help: 'Clients that are gone, by the reason.',
      labels: ['reason'],
      read: () => [...this.stages.endings].map(([reason, count]): Sample => [{ reason }, count]),
    });
    metrics.counter({
      name: 'galley_slow_clients_cut_total',
      help: 'Clients that were cut off because they did not take what they were sent.',
      read: () => this.slowConsumers.count,
    });
  }

  private registerDeliveries(): void {
    const { metrics } = this;
    const { counts } = this.fanOut;
    const described = {
      changes: ['galley_changes_total', 'Changes that this gateway got from the log.'],
      deliveries: ['galley_deliveries_total', 'Changes that were sent to clients, each counted once a client.'],
      writes: ['galley_writes_total', 'Writes to clients: one has all changes that came together.'],
      bytes: ['galley_sent_bytes_total', 'Bytes of changes that were written to clients, before TLS and compression.'],
      resyncs: ['galley_resyncs_total', 'Clients that were told to fetch their orders again.'],
    } as const;
    for (const [key, [name, help]] of Object.entries(described)) {
      metrics.counter({ name, help, read: () => counts[key as keyof typeof described] });
    }
  }
}
