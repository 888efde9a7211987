import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Origins } from '@galley/access';
import {
  ProblemFilter,
  SchemaPipe,
  sendFrameworkProblem,
  sendParserProblem,
  serverOptions,
  useJsonBody,
  useLastAnswers,
  useResponseHeaders,
} from '@galley/http';
import { createLogger } from '@galley/runtime';
import { AppModule } from './app.module.js';
import { type OrdersApiConfig } from './orders-api.config.js';

/** Creates the orders API, ready to listen, for production and for tests. */
export async function createOrdersApi(config: OrdersApiConfig): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.forRoot(config),
    new FastifyAdapter({
      ...serverOptions(config),
      frameworkErrors: sendFrameworkProblem,
      clientErrorHandler: sendParserProblem,
    }),
    { logger: createLogger(config.log), abortOnError: false, bodyParser: false },
  );
  if (config.auth.mode === 'open') new Logger('Auth').warn('OPEN TO EVERYBODY: AUTH=open, no token is needed');
  useResponseHeaders(app);
  useLastAnswers(app);
  if (config.allowedOrigins.length > 0) useCors(app, new Origins(config.allowedOrigins));
  useJsonBody(app);
  app.useGlobalPipes(new SchemaPipe());
  app.useGlobalFilters(new ProblemFilter());
  return app;
}

/** Allows pages of other origins. Our own pages and other programs do not need CORS. */
function useCors(app: NestFastifyApplication, origins: Origins): void {
  app.enableCors({
    origin: (origin: string | undefined, decide) => {
      decide(null, origin !== undefined && origins.allow(origin));
    },
    methods: ['GET', 'POST', 'PATCH', 'DELETE'],
    exposedHeaders: ['etag', 'location', 'retry-after', 'x-request-id'],
    maxAge: 600,
  });
}
