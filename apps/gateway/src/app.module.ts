import { Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { Authenticator, SignOuts } from '@galley/access';
import { ChangeFeed, RedisChangeFeed } from '@galley/change-feed';
import { AuditLog, HealthModule } from '@galley/runtime';
import { ConnectGate } from './access/connect-gate.js';
import { TokenExpiry } from './access/token-expiry.js';
import { TokensGateway } from './access/tokens.gateway.js';
import { ClientEvents } from './client-events/client-events.js';
import { EventLimit } from './client-events/event-limit.js';
import { Drain } from './drain/drain.js';
import { FanOutGateway } from './fan-out/fan-out.gateway.js';
import { GATEWAY_CONFIG, type GatewayConfig } from './gateway.config.js';
import { FeedAttachedCheck } from './health/feed-attached.check.js';
import { Rooms } from './rooms/rooms.js';
import { Replay } from './sessions/replay.js';
import { SessionsGateway } from './sessions/sessions.gateway.js';
import { SlowConsumers } from './slow-consumers/slow-consumers.js';

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
        Drain,
        ConnectGate,
        TokenExpiry,
        EventLimit,
        Rooms,
        ClientEvents,
        SlowConsumers,
        FanOutGateway,
        Replay,
        SessionsGateway,
        TokensGateway,
        FeedAttachedCheck,
      ],
      exports: [FeedAttachedCheck],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.feed.close(), this.signOuts.close()]);
  }
}
