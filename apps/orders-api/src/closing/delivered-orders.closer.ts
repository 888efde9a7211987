import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { AuditLog, Repetition } from '@galley/runtime';
import { ORDERS_API_CONFIG, type OrdersApiConfig } from '../orders-api.config.js';
import { Publisher } from '../publication/publisher.js';
import { inDeliverySince } from '../store/in-delivery.js';
import { change } from '../store/order-commit.js';
import { HISTORY_LIMIT, OrdersRepository, type OrderInDelivery } from '../store/orders.repository.js';
import { Turns } from '../store/turns.js';

/** All replicas together close no more. The first start at a shop with many old orders must be no flood for its clients. */
const CLOSED_PER_SECOND = 20;

const LOOK_EVERY_MS = 500;

/** Who has closed an order that nobody else has. */
const SYSTEM = { role: 'system' } as const;

/**
 * Closes orders that have stood in `Delivery` long enough, those that have stood there longest first. Each close is a change
 * like any other, so that all clients let the order go at the same place among all changes. The clock of the store decides.
 */
@Injectable()
export class DeliveredOrdersCloser implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(DeliveredOrdersCloser.name);
  private readonly repetition: Repetition;
  private running?: Promise<unknown>;
  /** The last order of the last turn; absent if the next turn begins with those that have stood longest. */
  private last?: OrderInDelivery;

  constructor(
    private readonly orders: OrdersRepository,
    private readonly turns: Turns,
    private readonly publisher: Publisher,
    private readonly audit: AuditLog,
    @Inject(ORDERS_API_CONFIG) private readonly config: OrdersApiConfig,
  ) {
    this.repetition = new Repetition(() => this.tryClose(), LOOK_EVERY_MS);
  }

  onApplicationBootstrap(): void {
    if (this.config.closeAfterMs > 0) this.repetition.start();
  }

  async onApplicationShutdown(): Promise<void> {
    this.repetition.stop();
    await this.running;
  }

  /**
   * Closes the next orders that are due, if it is this replica's turn.
   * @returns how many it has closed
   */
  async closeDue(): Promise<number> {
    const nowMs = this.orders.now().getTime();
    const cameBefore = new Date(nowMs - this.config.closeAfterMs);
    const due = await this.orders.findInDelivery(cameBefore, CLOSED_PER_SECOND, this.last);
    if (due.length === 0) {
      this.last = undefined;
      return 0;
    }
    if (!(await this.turns.takeTurn('close orders', Math.floor(nowMs / 1_000)))) return 0;
    // Also past those that cannot be closed, such as damaged ones.
    this.last = due.at(-1);
    let closed = 0;
    for (const { orderId } of due) if (await this.close(orderId, cameBefore)) closed++;
    return closed;
  }

  /** @returns false if it is not due after all, or another replica or a user was faster */
  private async close(orderId: string, cameBefore: Date): Promise<boolean> {
    const stored = await this.orders.find(orderId);
    // While Redis is away, closing adds nothing to what waits for it.
    if (!stored || stored.publishedRevision < stored.order.revision) return false;
    const { order, publishedRevision } = stored;
    const history = await this.orders.history(orderId, { order: 'oldest', limit: HISTORY_LIMIT });
    if (!history) return false;
    const since = inDeliverySince(order, history);
    if (!since || since > cameBefore) return false;
    const commit = change(order, { closed: true }, this.orders.now().toISOString(), SYSTEM);
    if (!(await this.orders.update(commit))) return false;
    const { revision } = commit.order;
    this.publisher.publish(orderId, { ...commit, publishedRevision });
    this.audit.record({ action: 'changeOrder', role: SYSTEM.role, orderId, from: order.revision, to: revision });
    return true;
  }

  private async tryClose(): Promise<void> {
    this.running = this.closeDue().catch((error: unknown) => {
      this.logger.warn(`Could not close delivered orders: ${error instanceof Error ? error.message : 'failed'}`);
    });
    await this.running;
  }
}
