import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { ReadinessCheck, type Readiness } from './readiness.js';

/** Not ready once the process is told to stop, so that no new work is sent to it. */
@Injectable()
export class DrainingCheck extends ReadinessCheck implements BeforeApplicationShutdown {
  readonly name = 'accepting';
  private draining = false;

  beforeApplicationShutdown(): void {
    this.draining = true;
  }

  check(): Readiness {
    return this.draining ? { state: 'down', reason: 'draining' } : { state: 'up' };
  }
}
