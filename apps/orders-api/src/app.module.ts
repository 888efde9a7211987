import { setTimeout as delay } from 'node:timers/promises';
import { Module, type DynamicModule, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { Authenticator, SignOuts, TrackingLinks } from '@galley/access';
import { ChangeFeed, RedisChangeFeed } from '@galley/change-feed';
import { ManagementModule, Peers, Strangers } from '@galley/http';
import { AuditLog, HealthModule, Metrics, StoreDurations, TracingModule, type Tracing } from '@galley/runtime';
import { AuthGuard } from './access/auth.guard.js';
import { CallerCheck } from './access/caller-check.js';
import { RateLimitGuard } from './access/rate-limit.guard.js';
import { Public } from './access/route-rules.js';
import { AnnouncementsController } from './announcements/announcements.controller.js';
import { BatchesController } from './batches/batches.controller.js';
import { BatchesService } from './batches/batches.service.js';
import { GatewayMessages } from './gateways/gateway-messages.js';
import { DeliveredOrdersCloser } from './closing/delivered-orders.closer.js';
import { DocsController } from './docs/docs.controller.js';
import { DocsFiles } from './docs/docs-files.js';
import { FeedCheck } from './health/feed.check.js';
import { StoreCheck } from './health/store.check.js';
import { OrdersApiMetrics } from './metrics/orders-api-metrics.js';
import { OrdersApiOverview } from './metrics/orders-api-overview.js';
import { FeedWitness } from './store/feed-witness.js';
import { InMemoryFeedWitness } from './store/in-memory-feed-witness.js';
import { InMemoryOrdersRepository } from './store/in-memory-orders.repository.js';
import { InMemoryTurns } from './store/in-memory-turns.js';
import { MongoModule } from './store/mongo/mongo.module.js';
import { AnswerPosition } from './orders/answer-position.js';
import { CountsController } from './orders/counts.controller.js';
import { OrderQueues } from './orders/order-queues.js';
import { OrdersController } from './orders/orders.controller.js';
import { OrdersRepository } from './store/orders.repository.js';
import { OrdersService } from './orders/orders.service.js';
import { TombstonePurger } from './store/tombstone.purger.js';
import { Turns } from './store/turns.js';
import { ORDERS_API_CONFIG, type OrdersApiConfig } from './orders-api.config.js';
import { AppendSpans } from './publication/append-spans.js';
import { PublicationMonitor } from './publication/publication-monitor.js';
import { PublicationSweeper } from './publication/publication.sweeper.js';
import { Publisher } from './publication/publisher.js';
import { SessionsController } from './sessions/sessions.controller.js';
import { TrackingLinksController } from './tracking-links/tracking-links.controller.js';

/** The store if there is no database. */
const inMemory = (timeZone: string) => [
  { provide: OrdersRepository, useFactory: () => new InMemoryOrdersRepository(timeZone) },
  { provide: FeedWitness, useClass: InMemoryFeedWitness },
  { provide: Turns, useClass: InMemoryTurns },
];

/** How long the start waits for Redis, if it must. */
const REDIS_ANSWERS_WITHIN_MS = 10_000;
const ASK_AGAIN_AFTER_MS = 200;

/** This many take some megabytes. */
const REMEMBERED_TOKENS = 10_000;

/** What the HTTP side of the app shares with its guards. */
interface HttpParts {
  audit: AuditLog;
  metrics: Metrics;
  peers: Peers;
  strangers: Strangers;
  tracing: Tracing;
}

/** Chooses the implementations. */
@Module({})
export class AppModule {
  static forRoot(config: OrdersApiConfig, http: HttpParts): DynamicModule {
    const durations = new StoreDurations(http.metrics);
    const infrastructure = InfrastructureModule.forRoot(config, durations, http.tracing);
    const publication = PublicationModule.forRoot(infrastructure);
    const health = HealthModule.forRoot({
      imports: [infrastructure],
      checks: [StoreCheck, FeedCheck],
      mark: Public(),
    });
    const { identity } = config;
    return {
      module: AppModule,
      imports: [
        ...[TracingModule.forRoot(http.tracing), infrastructure, publication, health],
        ManagementModule.forRoot({
          ...{ identity, metrics: http.metrics, audit: http.audit, overview: OrdersApiOverview },
          imports: [infrastructure, publication, health],
          providers: [OrdersApiMetrics, { provide: StoreDurations, useValue: durations }],
        }),
      ],
      controllers: [
        ...[OrdersController, BatchesController, CountsController, TrackingLinksController],
        ...[AnnouncementsController, SessionsController, DocsController],
      ],
      providers: [
        // The order matters: the rate limit needs to know the principal.
        { provide: APP_GUARD, useClass: AuthGuard },
        { provide: APP_GUARD, useClass: RateLimitGuard },
        { provide: Authenticator, useFactory: () => Authenticator.create(config.auth, REMEMBERED_TOKENS) },
        { provide: TrackingLinks, useFactory: () => new TrackingLinks(config.signingKey, config.auth) },
        { provide: AuditLog, useValue: http.audit },
        { provide: Peers, useValue: http.peers },
        { provide: Strangers, useValue: http.strangers },
        ...[CallerCheck, OrderQueues, OrdersService, BatchesService, AnswerPosition, GatewayMessages, DocsFiles],
        ...[DeliveredOrdersCloser, TombstonePurger],
      ],
    };
  }
}

/** Brings what is stored into the feed. */
@Module({})
class PublicationModule {
  static forRoot(infrastructure: DynamicModule): DynamicModule {
    return {
      module: PublicationModule,
      imports: [infrastructure],
      providers: [AppendSpans, Publisher, PublicationSweeper],
      exports: [Publisher],
    };
  }
}

/** The store and the feed. Nest shuts imported modules down last, so after the features that use them. */
@Module({})
class InfrastructureModule implements OnModuleInit, OnApplicationShutdown {
  constructor(
    private readonly feed: ChangeFeed,
    private readonly orders: OrdersRepository,
    private readonly signOuts: SignOuts,
  ) {}

  static forRoot(config: OrdersApiConfig, durations: StoreDurations, tracing: Tracing): DynamicModule {
    const { mongodbUri: uri, timeZone } = config;
    const feedName = config.feed.name;
    const inMongo =
      uri === undefined ? undefined : MongoModule.forRoot({ uri, feedName, timeZone, durations, tracing });
    return {
      module: InfrastructureModule,
      imports: inMongo ? [inMongo] : [],
      providers: [
        { provide: ORDERS_API_CONFIG, useValue: config },
        { provide: ChangeFeed, useFactory: () => new RedisChangeFeed(config.feed) },
        { provide: SignOuts, useFactory: () => new SignOuts({ redisUrl: config.redisUrl, name: config.feed.name }) },
        ...(inMongo ? [] : inMemory(timeZone)),
        PublicationMonitor,
        StoreCheck,
        FeedCheck,
      ],
      exports: [
        ORDERS_API_CONFIG,
        ...(inMongo ? [inMongo] : [OrdersRepository, FeedWitness, Turns]),
        ChangeFeed,
        SignOuts,
        PublicationMonitor,
        StoreCheck,
        FeedCheck,
      ],
    };
  }

  /** A store that starts empty must not continue a feed that remembers the orders of the last run. */
  async onModuleInit(): Promise<void> {
    if (this.orders instanceof InMemoryOrdersRepository) await this.resetFeed();
  }

  /** Redis may be busy while everything starts, as the embedded one is. */
  private async resetFeed(): Promise<void> {
    const giveUpAt = performance.now() + REDIS_ANSWERS_WITHIN_MS;
    for (;;) {
      try {
        await this.feed.reset();
        return;
      } catch (error) {
        if (performance.now() > giveUpAt) throw error;
        await delay(ASK_AGAIN_AFTER_MS);
      }
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.feed.close(), this.signOuts.close()]);
  }
}
