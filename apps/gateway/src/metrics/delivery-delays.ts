import { type PublishedChange } from '@galley/change-feed';
import { type Metrics } from '@galley/runtime';
import { type FeedListener } from '../feed/feed-follower.js';

/**
 * How old changes are when they arrive, and once they were written to every client here. Their age begins at their commit, by
 * the clock of the store, and is read from the clock of this machine: if these differ, so do the delays.
 */
export class DeliveryDelays implements FeedListener {
  private readonly arrived;
  private readonly written;

  constructor(metrics: Metrics) {
    this.arrived = metrics.durations({
      name: 'galley_change_arrived_seconds',
      help: 'From the commit of a change to its arrival at this gateway.',
      labels: [],
    });
    this.written = metrics.durations({
      name: 'galley_change_written_seconds',
      help: 'From the commit of a change until it was written to every client of this gateway that gets it.',
      labels: [],
    });
  }

  onDelivered(changes: readonly PublishedChange[], arrivedAtMs: number): void {
    const writtenAtMs = Date.now();
    for (const { timestamp } of changes) {
      const committedAtMs = Date.parse(timestamp);
      this.arrived.record(Math.max(0, arrivedAtMs - committedAtMs) / 1_000);
      this.written.record(Math.max(0, writtenAtMs - committedAtMs) / 1_000);
    }
  }
}
