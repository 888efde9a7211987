import { Module, type DynamicModule, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { ChangeFeed, RedisChangeFeed } from '#change-feed';
import { HealthModule } from '#observability';
import { AnnouncementsController } from './announcements/announcements.controller.js';
import { AnnouncementsService } from './announcements/announcements.service.js';
import { FeedCheck } from './health/feed.check.js';
import { StoreCheck } from './health/store.check.js';
import { InMemoryOrdersRepository } from './orders/in-memory-orders.repository.js';
import { MongoModule } from './orders/mongo/mongo.module.js';
import { OrdersController } from './orders/orders.controller.js';
import { OrdersRepository } from './orders/orders.repository.js';
import { OrdersService } from './orders/orders.service.js';
import { TombstonePurger } from './orders/tombstone.purger.js';
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
      imports: [infrastructure, HealthModule.forRoot({ imports: [infrastructure], checks: [StoreCheck, FeedCheck] })],
      controllers: [OrdersController, AnnouncementsController],
      providers: [OrdersService, Publisher, PublicationSweeper, TombstonePurger, AnnouncementsService],
    };
  }
}

/** The store and the feed. Shut down after the features that use them, as imported modules are. */
@Module({})
class InfrastructureModule implements OnModuleInit, OnApplicationShutdown {
  constructor(
    private readonly feed: ChangeFeed,
    private readonly orders: OrdersRepository,
  ) {}

  static forRoot(config: OrdersApiConfig): DynamicModule {
    const inMongo = config.mongodbUri === undefined ? undefined : MongoModule.forRoot(config.mongodbUri);
    return {
      module: InfrastructureModule,
      imports: inMongo ? [inMongo] : [],
      providers: [
        { provide: ORDERS_API_CONFIG, useValue: config },
        { provide: ChangeFeed, useFactory: () => new RedisChangeFeed(config.feed) },
        ...(inMongo ? [] : [{ provide: OrdersRepository, useClass: InMemoryOrdersRepository }]),
        StoreCheck,
        FeedCheck,
      ],
      exports: [ORDERS_API_CONFIG, inMongo ?? OrdersRepository, ChangeFeed, StoreCheck, FeedCheck],
    };
  }

  /** A store that starts empty must not go on with a feed that remembers the orders of its last life. */
  async onModuleInit(): Promise<void> {
    if (this.orders instanceof InMemoryOrdersRepository) await this.feed.reset();
  }

  onApplicationShutdown(): Promise<void> {
    return this.feed.close();
  }
}
