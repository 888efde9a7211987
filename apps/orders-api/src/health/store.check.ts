import { Injectable } from '@nestjs/common';
import { ReadinessCheck, type Readiness } from '@galley/runtime';
import { OrdersRepository } from '../store/orders.repository.js';

/** Without its store a replica can only answer 503. */
@Injectable()
export class StoreCheck extends ReadinessCheck {
  readonly name = 'store';

  constructor(private readonly orders: OrdersRepository) {
    super();
  }

  async check(): Promise<Readiness> {
    await this.orders.ping();
    return { state: 'up' };
  }
}
