import { Controller, Get, Res } from '@nestjs/common';
import { Answers } from '../routes/answers.js';
import { liveReport, readyReport, type LiveReport } from './health-report.js';
import { HealthReports } from './health-reports.js';

interface Reply {
  status(code: number): unknown;
}

@Controller('health')
export class HealthController {
  constructor(private readonly reports: HealthReports) {}

  /** Tells whether the process works at all. This does not ask Redis or MongoDB, because a restart would not bring them back. */
  @Get('live')
  @Answers(liveReport)
  checkLiveness(): LiveReport {
    return this.reports.live();
  }

  /** Tells whether this replica should get traffic. If not, it says why. All who ask within a second share a report. */
  @Get('ready')
  @Answers(readyReport, { alsoWith: 503 })
  async checkReadiness(@Res({ passthrough: true }) reply: Reply): Promise<unknown> {
    const { status, body } = await this.reports.ready();
    reply.status(status);
    return body;
  }
}
