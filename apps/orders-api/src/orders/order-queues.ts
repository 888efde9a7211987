import { Injectable } from '@nestjs/common';
import { GalleyError } from '@galley/contracts';

/**
 * Lets the writers of an order go one after the other. If 50 went at once, each would decide on what another is about to
 * replace, again and again, and they would ask the store 2,500 times instead of 100. It does nothing else: the writers on
 * other replicas do not wait, so each commit still checks the revision.
 */
@Injectable()
export class OrderQueues {
  /** The writers that wait, by order. An order that has an entry has a writer under way. */
  private readonly queues = new Map<string, (() => void)[]>();

  async inTurn<T>(orderId: string, write: () => Promise<T>): Promise<T> {
    const queue = this.queues.get(orderId);
    if (queue) await new Promise<void>((resolve) => queue.push(resolve));
    else this.queues.set(orderId, []);
    try {
      return await write();
    } catch (error) {
      if (error instanceof GalleyError && error.code === 'unavailable') this.letAllGo(orderId);
      throw error;
    } finally {
      this.letNextGo(orderId);
    }
  }

  private letNextGo(orderId: string): void {
    const next = this.queues.get(orderId)?.shift();
    if (next) next();
    else this.queues.delete(orderId);
  }

  /** A store that does not answer keeps each writer for seconds, and they must not add up. */
  private letAllGo(orderId: string): void {
    for (const go of this.queues.get(orderId)?.splice(0) ?? []) go();
  }
}
