import { Controller, Get, HttpException, Inject, Res, type BeforeApplicationShutdown } from '@nestjs/common';
import { HealthCheckService, HealthIndicatorService } from '@nestjs/terminus';
import { Answers } from '../routes/answers.js';
import { liveReport, readyReport, type LiveReport } from './health-report.js';
import { type ReadinessCheck } from './readiness.js';

/** Injection token: every `ReadinessCheck` of the app. */
export const READINESS_CHECKS = Symbol('READINESS_CHECKS');

/** How long a report is shown again: checks that ask a database must cost nothing to who asks often. */
const REPORT_LASTS_MS = 1_000;

interface Reply {
  status(code: number): unknown;
}

interface Report {
  status: number;
  body: unknown;
}

@Controller('health')
export class HealthController implements BeforeApplicationShutdown {
  /** The latest report, and when it was begun. */
  private latest?: { report: Promise<Report>; at: number };

  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    @Inject(READINESS_CHECKS) private readonly checks: ReadinessCheck[],
  ) {}

  /** Tells whether the process works at all. This does not ask Redis or MongoDB, because a restart would not bring them back. */
  @Get('live')
  @Answers(liveReport)
  checkLiveness(): LiveReport {
    // Not by Terminus, which reports a process that is finishing its work as dead.
    return { status: 'ok' };
  }

  /** Tells whether this replica should get traffic. If not, it says why. All who ask within a second share a report. */
  @Get('ready')
  @Answers(readyReport, { alsoWith: 503 })
  async checkReadiness(@Res({ passthrough: true }) reply: Reply): Promise<unknown> {
    const now = performance.now();
    if (!this.latest || now - this.latest.at > REPORT_LASTS_MS) this.latest = { report: this.check(), at: now };
    const { status, body } = await this.latest.report;
    reply.status(status);
    return body;
  }

  /** A replica that stops must say so at once. */
  beforeApplicationShutdown(): void {
    this.latest = undefined;
  }

  private async check(): Promise<Report> {
    try {
      const body = await this.health.check(this.checks.map((check) => () => this.indicate(check)));
      return { status: 200, body };
    } catch (error) {
      if (!(error instanceof HttpException)) throw error;
      return { status: error.getStatus(), body: error.getResponse() };
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
