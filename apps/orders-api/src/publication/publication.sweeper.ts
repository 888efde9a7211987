import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { OrdersRepository } from '../store/orders.repository.js';
import { ORDERS_API_CONFIG, type OrdersApiConfig } from '../orders-api.config.js';
import { Publisher } from './publisher.js';

const BATCH_SIZE = 1_000;

/** Publishes the changes that a crash or a long outage left unpublished, even if another replica committed them. */
@Injectable()
export class PublicationSweeper implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(PublicationSweeper.name);
  private timer?: NodeJS.Timeout;
  private stopped = false;

  constructor(
    private readonly orders: OrdersRepository,
    private readonly publisher: Publisher,
    @Inject(ORDERS_API_CONFIG) private readonly config: OrdersApiConfig,
  ) {}

  onApplicationBootstrap(): void {
    this.scheduleNext();
  }

  onApplicationShutdown(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  /** @returns how many orders it found. */
  async sweep(): Promise<number> {
    const { sweepAfterMs } = this.config.publication;
    const orderIds = await this.orders.findUnpublished(new Date(Date.now() - sweepAfterMs), BATCH_SIZE);
    for (const orderId of orderIds) this.publisher.publish(orderId);
    return orderIds.length;
  }

  private scheduleNext(): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      this.sweep()
        .catch((error: unknown) => {
          this.logger.warn(
            `Could not look for unpublished changes: ${error instanceof Error ? error.message : 'failed'}`,
          );
        })
        .finally(() => {
          this.scheduleNext();
        });
    }, this.config.publication.sweepEveryMs).unref();
  }
}
