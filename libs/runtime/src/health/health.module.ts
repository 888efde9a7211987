import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { DrainingCheck } from './draining.check.js';
import { HealthController } from './health.controller.js';
import { HealthReports, READINESS_CHECKS } from './health-reports.js';
import { type ReadinessCheck } from './readiness.js';

/** `GET /health/live` and `GET /health/ready`. */
@Module({})
export class HealthModule {
  /**
   * @param options.checks the checks that readiness depends on, provided by `imports`
   * @param options.mark a decorator for the routes, for example to make them public
   */
  static forRoot(options: {
    imports: DynamicModule['imports'];
    checks: Type<ReadinessCheck>[];
    mark?: ClassDecorator;
  }): DynamicModule {
    options.mark?.(HealthController);
    return {
      module: HealthModule,
      imports: [TerminusModule.forRoot({ logger: false }), ...(options.imports ?? [])],
      controllers: [HealthController],
      providers: [
        ...[DrainingCheck, HealthReports],
        {
          provide: READINESS_CHECKS,
          inject: [DrainingCheck, ...options.checks],
          useFactory: (...checks: ReadinessCheck[]) => checks,
        },
      ],
      exports: [HealthReports],
    };
  }
}
