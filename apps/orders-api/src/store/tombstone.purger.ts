import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { ORDERS_API_CONFIG, type OrdersApiConfig } from '../orders-api.config.js';
import { OrdersRepository } from './orders.repository.js';

const PURGE_EVERY_MS = 60 * 60 * 1_000;

/** Removes the content of deleted orders when it is no longer needed. Their ids stay taken. */
@Injectable()
export class TombstonePurger implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(TombstonePurger.name);
  private timer?: NodeJS.Timeout;

  constructor(
    private readonly orders: OrdersRepository,
    @Inject(ORDERS_API_CONFIG) private readonly config: OrdersApiConfig,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.purge().catch((error: unknown) => {
        this.logger.warn(`Could not purge tombstones: ${error instanceof Error ? error.message : 'failed'}`);
      });
    }, PURGE_EVERY_MS).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  async purge(): Promise<void> {
    const purged = await this.orders.purgeTombstones(
      new Date(this.orders.now().getTime() - this.config.keepTombstonesMs),
    );
    if (purged > 0) this.logger.log(`Purged the content of ${purged} deleted orders`);
  }
}
