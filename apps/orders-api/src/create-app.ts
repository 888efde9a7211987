import { StandardSchemaValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { invalidRequest } from '#contracts';
import { createLogger } from '#observability';
import { AppModule } from './app.module.js';
import { type OrdersApiConfig } from './orders-api.config.js';
import { useJsonBody } from './problems/json-body.js';
import { ProblemFilter, sendFrameworkProblem } from './problems/problem.filter.js';

/** The orders API, ready to listen: what runs in production and what the tests start. */
export async function createOrdersApi(config: OrdersApiConfig): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.forRoot(config),
    new FastifyAdapter({ forceCloseConnections: true, frameworkErrors: sendFrameworkProblem }),
    { logger: createLogger(config.log), abortOnError: false, bodyParser: false },
  );
  useJsonBody(app);
  app.useGlobalPipes(new StandardSchemaValidationPipe({ exceptionFactory: (issues) => invalidRequest(issues) }));
  app.useGlobalFilters(new ProblemFilter());
  return app;
}
