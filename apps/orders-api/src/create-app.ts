import { NestFactory } from '@nestjs/core';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { WebPages } from '@galley/access';
import { createHttpSide, Peers, SchemaPipe, Strangers, useJsonBody, useLastAnswers } from '@galley/http';
import { AuditLog, createLogger } from '@galley/runtime';
import { type GuardedRequest } from './access/caller.js';
import { AppModule } from './app.module.js';
import { type OrdersApiConfig } from './orders-api.config.js';

/** Creates the orders API, ready to listen, for production and for tests. */
export async function createOrdersApi(config: OrdersApiConfig): Promise<NestFastifyApplication> {
  const audit = new AuditLog(config.log);
  const peers = new Peers(config.trustedProxies);
  const strangers = new Strangers(config.http.strangers, peers);
  const { adapter, filter } = createHttpSide({
    ...{ audit, peers, strangers, limits: config.http.connections, forceCloseConnections: 'idle' },
    callerOf: ({ caller }: GuardedRequest) => caller && { role: caller.principal.role, sub: caller.principal.sub },
  });
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.forRoot(config, { audit, peers, strangers }),
    adapter,
    { logger: createLogger(config.log), abortOnError: false, bodyParser: false },
  );
  useLastAnswers(app);
  useWebPages(app, config);
  useJsonBody(app);
  app.useGlobalPipes(new SchemaPipe());
  app.useGlobalFilters(filter);
  return app;
}

/** Refuses pages that may not use the API, and allows those of other origins that may to read its answers. */
function useWebPages(app: NestFastifyApplication, config: OrdersApiConfig): void {
  const pages = new WebPages(config);
  const server = app.getHttpAdapter().getInstance();
  server.addHook('onRequest', (request, _reply, done) => {
    done(pages.refusalOf(request.raw));
  });
  if (config.allowedOrigins.length === 0) return;
  app.enableCors({
    origin: pages.allowOrigin,
    methods: ['GET', 'POST', 'PATCH', 'DELETE'],
    exposedHeaders: ['etag', 'location', 'retry-after', 'x-request-id'],
    maxAge: 600,
  });
}
