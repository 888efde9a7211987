import { Module, type DynamicModule, type OnApplicationShutdown, type Type } from '@nestjs/common';
import { Authenticator, SignOuts } from '@galley/access';
import { ChangeFeed, RedisChangeFeed } from '@galley/change-feed';
import { AuditLog, HealthModule } from '@galley/runtime';
import { Authentication } from './access/authentication.js';
import { SignOutEnforcement } from './access/sign-out-enforcement.js';
import { TokenExpiry } from './access/token-expiry.js';
import { TokenRenewal } from './access/token-renewal.js';
import { ClientEventsGateway } from './client-events/client-events.gateway.js';
import { EventLimit } from './client-events/event-limit.js';
import { ConnectRequests } from './connections/connect-requests.js';
import { Connections } from './connections/connections.js';
import { Drain } from './connections/drain.js';
import { Handshakes } from './connections/handshakes.js';
import { InternalsCheck } from './connections/internals-check.js';
import { CONNECTION_STAGES, ConnectionLifecycle, type ConnectionStage } from './connections/lifecycle.js';
import { SlowConsumers } from './connections/slow-consumers.js';
import { FanOut } from './fan-out/fan-out.js';
import { Replay } from './fan-out/replay.js';
import { FeedFollower } from './feed/feed-follower.js';
import { GATEWAY_CONFIG, type GatewayConfig } from './gateway.config.js';
import { FeedAttachedCheck } from './health/feed-attached.check.js';
import { Joining } from './joining/joining.js';
import { Rooms } from './rooms/rooms.js';

/** The life of a connection: each passes these stages in this order. */
const STAGES: Type<ConnectionStage>[] = [
  Connections, // knows the sockets of this replica
  Handshakes, // before the upgrade: from where, how many; then a deadline for all of the below
  Drain, // no new connections while this replica stops
  ConnectRequests, // what the client says of itself is well-formed
  Authentication, // who it is, by its token
  SignOutEnforcement, // not signed out meanwhile
  TokenExpiry, // no longer than its token
  SlowConsumers, // takes what it is sent
  InternalsCheck, // can be written to past engine.io
  ClientEventsGateway, // is heard
  Joining, // is sent what it missed, then `ready`, then every change as it comes
];

/** Where implementations are chosen. */
@Module({})
export class AppModule {
  static forRoot(config: GatewayConfig): DynamicModule {
    const realtime = RealtimeModule.forRoot(config);
    return {
      module: AppModule,
      imports: [realtime, HealthModule.forRoot({ imports: [realtime], checks: [FeedAttachedCheck] })],
    };
  }
}

@Module({})
class RealtimeModule implements OnApplicationShutdown {
  constructor(
    private readonly feed: ChangeFeed,
    private readonly signOuts: SignOuts,
  ) {}

  static forRoot(config: GatewayConfig): DynamicModule {
    return {
      module: RealtimeModule,
      providers: [
        { provide: GATEWAY_CONFIG, useValue: config },
        { provide: ChangeFeed, useFactory: () => new RedisChangeFeed(config.feed) },
        { provide: Authenticator, useFactory: () => Authenticator.create(config.auth) },
        { provide: SignOuts, useFactory: () => new SignOuts({ redisUrl: config.redisUrl, name: config.feed.name }) },
        { provide: AuditLog, useFactory: () => new AuditLog(config.log) },
        ...STAGES,
        { provide: CONNECTION_STAGES, inject: STAGES, useFactory: (...stages: ConnectionStage[]) => stages },
        ConnectionLifecycle,
        ...[EventLimit, Rooms, TokenRenewal, FeedFollower, FanOut, Replay, FeedAttachedCheck],
      ],
      exports: [FeedAttachedCheck],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.feed.close(), this.signOuts.close()]);
  }
}
