import { Injectable } from '@nestjs/common';
import { ReadinessCheck, type Readiness } from '@galley/runtime';
import { FanOutGateway } from '../fan-out/fan-out.gateway.js';

/** A replica that hears of no changes must get no clients. */
@Injectable()
export class FeedAttachedCheck extends ReadinessCheck {
  readonly name = 'feed';

  constructor(private readonly fanOut: FanOutGateway) {
    super();
  }

  check(): Readiness {
    return this.fanOut.attached ? { state: 'up' } : { state: 'down', reason: 'not attached to the change feed' };
  }
}
