import { Module, type DynamicModule, type OnApplicationShutdown, type Type } from '@nestjs/common';
import { Authenticator, SignOuts } from '@galley/access';
import { FeedReader, RedisFeedReader } from '@galley/change-feed';
import { ManagementModule, Peers, Strangers, WebPages } from '@galley/http';
import { AuditLog, HealthModule, Metrics, TracingModule, type Tracing } from '@galley/runtime';
import { Authentication } from './access/authentication.js';
import { SignOutEnforcement } from './access/sign-out-enforcement.js';
import { TokenExpiry } from './access/token-expiry.js';
import { TokenRenewal } from './access/token-renewal.js';
import { ChangesController } from './changes/changes.controller.js';
import { ClientEventsGateway } from './client-events/client-events.gateway.js';
import { EventLimit } from './client-events/event-limit.js';
import { ConnectRequests } from './connections/connect-requests.js';
import { Connections } from './connections/connections.js';
import { Descriptors } from './connections/descriptors.js';
import { Drain } from './connections/drain.js';
import { EventStreams } from './connections/event-streams.js';
import { Handshakes } from './connections/handshakes.js';
import { Excess } from './connections/input/excess.js';
import { FirstPackets } from './connections/input/first-packets.js';
import { PollingPace } from './connections/input/polling-pace.js';
import { WebSocketPace } from './connections/input/web-socket-pace.js';
import { InternalsCheck } from './connections/internals-check.js';
import { CONNECTION_STAGES, ConnectionLifecycle, type ConnectionStage } from './connections/lifecycle.js';
import { Rebalancing } from './connections/rebalancing/rebalancing.js';
import { SlowConsumers } from './connections/slow-consumers.js';
import { SUBSCRIBER_STAGES, SubscriberStages, type SubscriberStage } from './connections/subscriber-stages.js';
import { FanOut } from './fan-out/fan-out.js';
import { Replay } from './fan-out/replay.js';
import { FeedFollower } from './feed/feed-follower.js';
import { FeedLiveness } from './feed/feed-liveness.js';
import { GATEWAY_CONFIG, type GatewayConfig } from './gateway.config.js';
import { FeedCheck } from './health/feed.check.js';
import { Joining } from './joining/joining.js';
import { ConnectionCensus } from './metrics/connection-census.js';
import { GatewayMetrics } from './metrics/gateway-metrics.js';
import { GatewayOverview } from './metrics/gateway-overview.js';
import { RoomMembers } from './rooms/room-members.js';
import { Rooms } from './rooms/rooms.js';

/** Each socket passes these stages in this order, and then those of all clients. */
const SOCKET_STAGES: Type<ConnectionStage>[] = [
  Descriptors, // keeps file descriptors for Redis and for health checks
  Drain, // refuses new connections while this replica stops
  Handshakes, // checks page, address and limits before the upgrade; then sets a deadline for the stages below
  FirstPackets, // bounds what a client sends before it is accepted
  WebSocketPace, // reads a client over WebSocket at a bounded pace
  PollingPace, // takes the requests of a polling client at a bounded pace
  ConnectRequests, // checks the form of the connect request
  InternalsCheck, // checks that frames can be written past engine.io
  ClientEventsGateway, // answers the events of the client
];

/** Each client, be it a socket or a reader of Server-Sent Events, passes these stages in this order. */
const CLIENT_STAGES: Type<SubscriberStage>[] = [
  EventStreams, // knows the readers of Server-Sent Events, and keeps them from looking idle
  Connections, // knows all clients of this replica
  Authentication, // finds the user by the token
  SignOutEnforcement, // disconnects users who are signed out
  TokenExpiry, // closes the connection when its token expires
  SlowConsumers, // cuts the connection if the client does not take what it is sent
  RoomMembers, // knows who follows what, until the client is gone
  Joining, // sends what the client missed, then `ready`, then adds it to its rooms
];

/** What metrics and the page about the process are read from. */
const OBSERVED = [
  GATEWAY_CONFIG,
  Connections,
  SubscriberStages,
  SlowConsumers,
  FeedFollower,
  FeedLiveness,
  FanOut,
  Joining,
];

/** What the HTTP side and the connections share. */
interface Shared {
  audit: AuditLog;
  metrics: Metrics;
  peers: Peers;
  pages: WebPages;
  strangers: Strangers;
  tracing: Tracing;
}

/** Chooses the implementations. */
@Module({})
export class AppModule {
  static forRoot(config: GatewayConfig, shared: Shared): DynamicModule {
    const realtime = RealtimeModule.forRoot(config, shared);
    const health = HealthModule.forRoot({ imports: [realtime], checks: [FeedCheck] });
    const { identity } = config;
    const management = ManagementModule.forRoot({
      ...{ identity, metrics: shared.metrics, audit: shared.audit, overview: GatewayOverview },
      imports: [health, realtime],
      providers: [GatewayMetrics, ConnectionCensus],
    });
    return { module: AppModule, imports: [TracingModule.forRoot(shared.tracing), realtime, health, management] };
  }
}

@Module({})
class RealtimeModule implements OnApplicationShutdown {
  constructor(
    private readonly feed: FeedReader,
    private readonly signOuts: SignOuts,
  ) {}

  static forRoot(config: GatewayConfig, { audit, peers, pages, strangers }: Shared): DynamicModule {
    return {
      module: RealtimeModule,
      controllers: [ChangesController],
      providers: [
        { provide: GATEWAY_CONFIG, useValue: config },
        { provide: FeedReader, useFactory: () => new RedisFeedReader(config.feed) },
        { provide: Authenticator, useFactory: () => Authenticator.create(config.auth) },
        { provide: SignOuts, useFactory: () => new SignOuts({ redisUrl: config.redisUrl, name: config.feed.name }) },
        { provide: AuditLog, useValue: audit },
        { provide: Peers, useValue: peers },
        { provide: WebPages, useValue: pages },
        { provide: Strangers, useValue: strangers },
        ...[...SOCKET_STAGES, ...CLIENT_STAGES],
        { provide: CONNECTION_STAGES, inject: SOCKET_STAGES, useFactory: (...stages: ConnectionStage[]) => stages },
        { provide: SUBSCRIBER_STAGES, inject: CLIENT_STAGES, useFactory: (...stages: SubscriberStage[]) => stages },
        ...[ConnectionLifecycle, SubscriberStages],
        ...[
          Excess,
          EventLimit,
          Rooms,
          TokenRenewal,
          FeedFollower,
          FeedLiveness,
          FanOut,
          Replay,
          FeedCheck,
          Rebalancing,
        ],
      ],
      exports: [FeedCheck, ...OBSERVED],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.feed.close(), this.signOuts.close()]);
  }
}
