import { Injectable } from '@nestjs/common';
import { ReadinessCheck, type Readiness } from '@galley/runtime';
import { OrdersRepository } from '../store/orders.repository.js';

/** Without its store a replica can only answer 503. Damaged documents in it need somebody who repairs them. */
@Injectable()
export class StoreCheck extends ReadinessCheck {
  readonly name = 'store';

  constructor(private readonly orders: OrdersRepository) {
    super();
  }

  async check(): Promise<Readiness> {
    await this.orders.ping();
    const { damagedDocuments } = this.orders;
    if (damagedDocuments === 0) return { state: 'up' };
    return { state: 'degraded', reason: 'damaged documents are left out: see the log', details: { damagedDocuments } };
  }
}
