import { Injectable, Module, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { DrainingCheck } from './draining.check.js';
import { HealthController } from './health.controller.js';
import { HealthModule } from './health.module.js';
import { HealthReports } from './health-reports.js';
import { ReadinessCheck, type Readiness } from './readiness.js';

@Injectable()
class CountingCheck extends ReadinessCheck {
  readonly name = 'counted';
  times = 0;

  check(): Readiness {
    this.times++;
    return { state: 'up' };
  }
}

@Module({ providers: [CountingCheck], exports: [CountingCheck] })
class ChecksModule {}

let app: INestApplicationContext;

/** @returns the status of the answer to `GET /health/ready` */
async function ready(): Promise<number> {
  let answered = 0;
  await app.get(HealthController).checkReadiness({ status: (code: number) => (answered = code) });
  return answered;
}

beforeEach(async () => {
  const health = HealthModule.forRoot({ imports: [{ module: ChecksModule }], checks: [CountingCheck] });
  app = await NestFactory.createApplicationContext(health, { logger: false });
});
afterEach(() => app.close());

it('shares one report among all who ask within a second', async () => {
  expect(await Promise.all(Array.from({ length: 50 }, ready))).toEqual(Array.from({ length: 50 }, () => 200));
  await ready();
  expect(app.get(CountingCheck, { strict: false }).times).toBe(1);
});

it('reports at once that the replica stops', async () => {
  expect(await ready()).toBe(200);
  app.get(DrainingCheck).beforeApplicationShutdown();
  app.get(HealthReports).beforeApplicationShutdown();
  expect(await ready()).toBe(503);
});
