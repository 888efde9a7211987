import { Module, type DynamicModule, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { ChangeFeed, RedisChangeFeed } from '#change-feed';
import { HealthModule } from '#observability';
import { AnnouncementsController } from './announcements/announcements.controller.js';
import { AnnouncementsService } from './announcements/announcements.service.js';
import { FeedCheck } from './health/feed.check.js';
import { InMemoryOrdersRepository } from './orders/in-memory-orders.repository.js';
import { OrdersController } from './orders/orders.controller.js';
import { OrdersRepository } from './orders/orders.repository.js';
import { OrdersService } from './orders/orders.service.js';
import { ORDERS_API_CONFIG, type OrdersApiConfig } from './orders-api.config.js';
import { PublicationSweeper } from './publication/publication.sweeper.js';
import { Publisher } from './publication/publisher.js';

/** Where implementations are chosen. */
@Module({})
export class AppModule {
  static forRoot(config: OrdersApiConfig): DynamicModule {
    const infrastructure = InfrastructureModule.forRoot(config);
    return {
      module: AppModule,
      imports: [infrastructure, HealthModule.forRoot({ imports: [infrastructure], checks: [FeedCheck] })],
      controllers: [OrdersController, AnnouncementsController],
      providers: [OrdersService, Publisher, PublicationSweeper, AnnouncementsService],
    };
  }
}

/** The store and the feed. Shut down after the features that use them, as imported modules are. */
@Module({})
class InfrastructureModule implements OnModuleInit, OnApplicationShutdown {
  constructor(private readonly feed: ChangeFeed) {}

  /** A store that starts empty must not go on with a feed that remembers the orders of its last life. */
  async onModuleInit(): Promise<void> {
    await this.feed.reset();
  }

  static forRoot(config: OrdersApiConfig): DynamicModule {
    return {
      module: InfrastructureModule,
      providers: [
        { provide: ORDERS_API_CONFIG, useValue: config },
        { provide: OrdersRepository, useClass: InMemoryOrdersRepository },
        { provide: ChangeFeed, useFactory: () => new RedisChangeFeed(config.feed) },
        FeedCheck,
      ],
      exports: [ORDERS_API_CONFIG, OrdersRepository, ChangeFeed, FeedCheck],
    };
  }

  onApplicationShutdown(): Promise<void> {
    return this.feed.close();
  }
}
