import { NestFactory } from '@nestjs/core';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { createHttpSide, Peers, SchemaPipe, Strangers, useJsonBody, useLastAnswers, WebPages } from '@galley/http';
import { AuditLog, createLogger, Metrics, startTracing } from '@galley/runtime';
import { type GuardedRequest } from './access/caller.js';
import { useLargeBodies } from './access/large-body.js';
import { AppModule } from './app.module.js';
import { type OrdersApiConfig } from './orders-api.config.js';

/** Creates the orders API, ready to listen, for production and for tests. */
export async function createOrdersApi(config: OrdersApiConfig): Promise<NestFastifyApplication> {
  const audit = new AuditLog(config.log);
  const metrics = new Metrics();
  const tracing = await startTracing(config.identity, config.traces);
  const peers = new Peers(config.trustedProxies);
  const strangers = new Strangers(config.http.strangers, peers);
  const pages = new WebPages(config, peers);
  const { adapter, filter } = createHttpSide({
    ...{ audit, peers, strangers, pages, metrics: config.management && metrics, tracing },
    ...{ limits: config.http.connections, forceCloseConnections: 'idle' },
    callerOf: ({ caller }: GuardedRequest) => caller && { role: caller.principal.role, sub: caller.principal.sub },
  });
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.forRoot(config, { audit, metrics, peers, strangers, tracing }),
    adapter,
    { logger: createLogger(config.log), abortOnError: false, bodyParser: false },
  );
  useLastAnswers(app);
  allowPages(app, config, pages);
  useJsonBody(app);
  useLargeBodies(app);
  app.useGlobalPipes(new SchemaPipe());
  app.useGlobalFilters(filter);
  return app;
}

/** Allows the pages of other origins that may use the API to read its answers. */
function allowPages(app: NestFastifyApplication, config: OrdersApiConfig, pages: WebPages): void {
  if (config.allowedOrigins.length === 0) return;
  app.enableCors({
    origin: pages.allowOrigin,
    methods: ['GET', 'POST', 'PATCH', 'DELETE'],
    exposedHeaders: ['etag', 'galley-position', 'location', 'retry-after', 'x-request-id'],
    maxAge: 600,
  });
}
