import { Injectable } from '@nestjs/common';
import { ReadinessCheck, type Readiness } from '@galley/runtime';
import { FeedFollower } from '../feed/feed-follower.js';

/** A replica that gets no changes must get no new clients. */
@Injectable()
export class FeedAttachedCheck extends ReadinessCheck {
  readonly name = 'feed';

  constructor(private readonly feed: FeedFollower) {
    super();
  }

  check(): Readiness {
    return this.feed.isAttached ? { state: 'up' } : { state: 'down', reason: 'not attached to the change feed' };
  }
}
