import { HttpException, Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { HealthCheckService, HealthIndicatorService } from '@nestjs/terminus';
import { type LiveReport } from './health-report.js';
import { type ReadinessCheck } from './readiness.js';

/** Injection token: every `ReadinessCheck` of the app. */
export const READINESS_CHECKS = Symbol('READINESS_CHECKS');

/** How long a report is shown again: checks that ask a database must cost nothing to who asks often. */
const REPORT_LASTS_MS = 1_000;

/** A report, and the HTTP status that goes with it. */
export interface StatusReport {
  status: number;
  body: unknown;
}

/** What the process says of its health, wherever it is asked. */
@Injectable()
export class HealthReports implements BeforeApplicationShutdown {
  /** The latest report, and when it was begun. */
  private latest?: { report: Promise<StatusReport>; at: number };

  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    @Inject(READINESS_CHECKS) private readonly checks: ReadinessCheck[],
  ) {}

  /** Not by Terminus, which reports a process that is finishing its work as dead. */
  live(): LiveReport {
    return { status: 'ok' };
  }

  /** All who ask within a second share a report. */
  ready(): Promise<StatusReport> {
    const now = performance.now();
    if (!this.latest || now - this.latest.at > REPORT_LASTS_MS) this.latest = { report: this.check(), at: now };
    return this.latest.report;
  }

  /** A replica that stops must say so at once. */
  beforeApplicationShutdown(): void {
    this.latest = undefined;
  }

  private async check(): Promise<StatusReport> {
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
