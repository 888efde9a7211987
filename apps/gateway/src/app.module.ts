import { Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { ChangeFeed, RedisChangeFeed } from '#change-feed';
import { HealthModule } from '#observability';
import { FanOutGateway } from './fan-out/fan-out.gateway.js';
import { GATEWAY_CONFIG, type GatewayConfig } from './gateway.config.js';
import { FeedAttachedCheck } from './health/feed-attached.check.js';
import { RoomsGateway } from './rooms/rooms.gateway.js';
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
  constructor(private readonly feed: ChangeFeed) {}

  static forRoot(config: GatewayConfig): DynamicModule {
    return {
      module: RealtimeModule,
      providers: [
        { provide: GATEWAY_CONFIG, useValue: config },
        { provide: ChangeFeed, useFactory: () => new RedisChangeFeed(config.feed) },
        SlowConsumers,
        FanOutGateway,
        Replay,
        SessionsGateway,
        RoomsGateway,
        FeedAttachedCheck,
      ],
      exports: [FeedAttachedCheck],
    };
  }

  onApplicationShutdown(): Promise<void> {
    return this.feed.close();
  }
}
