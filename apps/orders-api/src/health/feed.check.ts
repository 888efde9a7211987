import { Injectable } from '@nestjs/common';
import { ChangeFeed } from '@galley/change-feed';
import { ReadinessCheck, type Readiness } from '@galley/runtime';

/** Without Redis the API still works: it accepts writes and publishes them when Redis is back. */
@Injectable()
export class FeedCheck extends ReadinessCheck {
  readonly name = 'feed';

  constructor(private readonly feed: ChangeFeed) {
    super();
  }

  async check(): Promise<Readiness> {
    try {
      await this.feed.head();
      return { state: 'up' };
    } catch {
      return { state: 'degraded', reason: 'Redis does not answer; changes are published when it does' };
    }
  }
}
