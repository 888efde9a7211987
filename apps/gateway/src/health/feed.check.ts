import { Injectable } from '@nestjs/common';
import { ReadinessCheck, type Readiness } from '@galley/runtime';
import { FeedFollower } from '../feed/feed-follower.js';
import { FeedLiveness } from '../feed/feed-liveness.js';

/**
 * A replica that has never found the feed gets no clients. Later it stays in service also while the feed is not live: it
 * tells its clients so, and if Redis is away, no other replica could serve them better.
 */
@Injectable()
export class FeedCheck extends ReadinessCheck {
  readonly name = 'feed';

  constructor(
    private readonly feed: FeedFollower,
    private readonly liveness: FeedLiveness,
  ) {
    super();
  }

  check(): Readiness {
    if (!this.feed.hasStarted) return { state: 'down', reason: 'has not found the change feed yet' };
    const { live, since } = this.liveness.state;
    return live ? { state: 'up' } : { state: 'degraded', reason: `the change feed is not live since ${since ?? ''}` };
  }
}
