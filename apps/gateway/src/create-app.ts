import { NestFactory } from '@nestjs/core';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { createHttpSide, Peers, Strangers, WebPages } from '@galley/http';
import { AuditLog, createLogger, Metrics, startTracing } from '@galley/runtime';
import { AppModule } from './app.module.js';
import { ClusterIoAdapter } from './connections/cluster/cluster-io.adapter.js';
import { type GatewayConfig } from './gateway.config.js';
import { checkPolling } from './polling-requests.js';

/** Creates one gateway replica, ready to listen, for production and for tests. */
export async function createGateway(config: GatewayConfig): Promise<NestFastifyApplication> {
  const audit = new AuditLog(config.log);
  const metrics = new Metrics();
  const tracing = await startTracing(config.identity, config.traces);
  const peers = new Peers(config.trustedProxies);
  const pages = new WebPages(config, peers);
  const strangers = new Strangers(config.http.strangers, peers);
  const { adapter, filter } = createHttpSide({
    ...{ audit, peers, pages, strangers, metrics: config.management && metrics },
    ...{ limits: config.http.connections, before: checkPolling, forceCloseConnections: true },
  });
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.forRoot(config, { audit, metrics, peers, pages, strangers, tracing }),
    adapter,
    {
      ...{ logger: createLogger(config.log), abortOnError: false, bodyParser: false },
    },
  );
  // No route takes a body. A body that is not read cannot delay or break an answer.
  app.getHttpAdapter().getInstance().removeAllContentTypeParsers();
  allowPages(app, config, pages);
  app.useGlobalFilters(filter);
  app.useWebSocketAdapter(new ClusterIoAdapter(app, config));
  return app;
}

/** Allows the pages of other origins that may connect to read `GET /changes`. engine.io does the same for polling. */
function allowPages(app: NestFastifyApplication, config: GatewayConfig, pages: WebPages): void {
  if (config.allowedOrigins.length === 0) return;
  app.enableCors({
    origin: pages.allowOrigin,
    methods: ['GET'],
    exposedHeaders: ['retry-after', 'x-request-id'],
    maxAge: 600,
  });
}
