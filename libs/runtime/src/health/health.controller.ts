import { Controller, Get, HttpException, Inject, Res } from '@nestjs/common';
import { HealthCheckService, HealthIndicatorService, type HealthCheckResult } from '@nestjs/terminus';
import { type ReadinessCheck } from './readiness.js';

/** Injection token: every `ReadinessCheck` of the app. */
export const READINESS_CHECKS = Symbol('READINESS_CHECKS');

interface Reply {
  status(code: number): unknown;
}

@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    @Inject(READINESS_CHECKS) private readonly checks: ReadinessCheck[],
  ) {}

  /**
   * Whether the process works at all. This does not ask Redis or MongoDB, because a restart would not bring them back. It
   * does not use Terminus, which reports a process that is finishing its work as dead.
   */
  @Get('live')
  live(): Pick<HealthCheckResult, 'status'> {
    return { status: 'ok' };
  }

  /** Whether this replica should get traffic: 200, or 503 with the failed checks. */
  @Get('ready')
  async ready(@Res({ passthrough: true }) reply: Reply): Promise<unknown> {
    try {
      return await this.health.check(this.checks.map((check) => () => this.indicate(check)));
    } catch (error) {
      if (!(error instanceof HttpException)) throw error;
      reply.status(error.getStatus());
      return error.getResponse();
    }
  }

  private async indicate(check: ReadinessCheck) {
    const indicator = this.indicators.check(check.name);
    try {
      const readiness = await check.check();
      if (readiness.state === 'up') return indicator.up();
      const report = { reason: readiness.reason, ...readiness.details };
      return readiness.state === 'down' ? indicator.down(report) : indicator.degraded(report);
    } catch (error) {
      return indicator.down({ reason: error instanceof Error ? error.message : String(error) });
    }
  }
}
