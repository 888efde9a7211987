/** How long an order is withheld before it is read again: somebody may have repaired it. */
const WITHHOLD_FOR_MS = 60_000;

/** More are not known, and are read with each batch. */
const MAX_WITHHELD = 1_000;

/** The orders whose unpublished changes cannot be read. They must not hide the others that wait. */
export class WithheldOrders {
  private readonly orderIds = new Set<string>();
  private since: number;

  /** @param now the time in milliseconds, of any clock that is never set */
  constructor(private readonly now = () => performance.now()) {
    this.since = now();
  }

  add(orderId: string): void {
    if (this.orderIds.size < MAX_WITHHELD) this.orderIds.add(orderId);
  }

  release(orderId: string): void {
    this.orderIds.delete(orderId);
  }

  /** All are released from time to time. An order that is still damaged comes back when it is read. */
  get ids(): string[] {
    if (this.now() - this.since >= WITHHOLD_FOR_MS) {
      this.orderIds.clear();
      this.since = this.now();
    }
    return [...this.orderIds];
  }
}
