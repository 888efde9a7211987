import { type CommittedChange } from './publication-queue.js';
import { type Publication } from './publisher.js';

/** How long a change waits for the others at most. */
const MAX_WAIT_MS = 1_000;

/**
 * Publishes changes together, so that they are in one append, and a gateway writes once to each client. They are committed: if the
 * process ends meanwhile, the sweeper of another replica publishes them.
 */
export class JointPublication implements Publication {
  private waiting: { orderId: string; committed?: CommittedChange }[] = [];
  private timer?: NodeJS.Timeout;

  constructor(private readonly publication: Publication) {}

  publish(orderId: string, committed?: CommittedChange): void {
    this.waiting.push({ orderId, committed });
    this.timer ??= setTimeout(() => {
      this.release();
    }, MAX_WAIT_MS);
  }

  /** Must be called after the last change. */
  release(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const changes = this.waiting;
    this.waiting = [];
    for (const { orderId, committed } of changes) this.publication.publish(orderId, committed);
  }
}
