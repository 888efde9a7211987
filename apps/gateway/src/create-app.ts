import { NestFactory } from '@nestjs/core';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { WebPages } from '@galley/access';
import { createHttpSide, Peers, Strangers } from '@galley/http';
import { AuditLog, createLogger } from '@galley/runtime';
import { AppModule } from './app.module.js';
import { ClusterIoAdapter } from './connections/cluster/cluster-io.adapter.js';
import { refuseRequest } from './connections/engine-requests.js';
import { type GatewayConfig } from './gateway.config.js';
import { checkPolling } from './polling-requests.js';

/** Creates one gateway replica, ready to listen, for production and for tests. */
export async function createGateway(config: GatewayConfig): Promise<NestFastifyApplication> {
  const audit = new AuditLog(config.log);
  const peers = new Peers(config.trustedProxies);
  const { adapter, filter } = createHttpSide({
    ...{ audit, peers, strangers: new Strangers(config.http.strangers, peers) },
    ...{ limits: config.http.connections, before: checkPolling, forceCloseConnections: true },
  });
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.forRoot(config, audit), adapter, {
    ...{ logger: createLogger(config.log), abortOnError: false, bodyParser: false },
  });
  // No route takes a body. A body that is not read cannot delay or break an answer.
  app.getHttpAdapter().getInstance().removeAllContentTypeParsers();
  app.useGlobalFilters(filter);
  useWebPages(app, config);
  app.useWebSocketAdapter(new ClusterIoAdapter(app, config));
  return app;
}

/** Refuses pages that may not use this replica. `Handshakes` does so for the requests that engine.io answers. */
function useWebPages(app: NestFastifyApplication, config: GatewayConfig): void {
  const pages = new WebPages(config);
  const server = app.getHttpAdapter().getInstance();
  server.addHook('onRequest', (request, reply, done) => {
    const refusal = pages.refusalOf(request.raw);
    if (refusal) refuseRequest(request.raw, reply.hijack().raw, refusal);
    else done();
  });
}
