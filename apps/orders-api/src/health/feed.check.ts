import { Injectable } from '@nestjs/common';
import { ChangeFeed } from '@galley/change-feed';
import { ReadinessCheck, type Readiness } from '@galley/runtime';
import { PublicationMonitor } from '../publication/publication-monitor.js';

/** Without Redis the API still works: it accepts writes and publishes them when Redis is back. */
@Injectable()
export class FeedCheck extends ReadinessCheck {
  readonly name = 'feed';

  constructor(
    private readonly feed: ChangeFeed,
    private readonly monitor: PublicationMonitor,
  ) {
    super();
  }

  async check(): Promise<Readiness> {
    const { changes, waitedMs } = this.monitor.backlog;
    const details = { unpublished: changes, oldestWaitedMs: waitedMs };
    if (this.monitor.isLate) return { state: 'degraded', reason: 'changes are not published', details };
    try {
      await this.feed.head();
      return { state: 'up' };
    } catch {
      return { state: 'degraded', reason: 'Redis does not answer; changes are published when it does', details };
    }
  }
}
