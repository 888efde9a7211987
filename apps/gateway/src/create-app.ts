import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { createLogger } from '#observability';
import { AppModule } from './app.module.js';
import { ClusterIoAdapter } from './cluster/cluster-io.adapter.js';
import { type GatewayConfig } from './gateway.config.js';

/** One gateway replica, ready to listen: what runs in production and what the tests start. */
export async function createGateway(config: GatewayConfig): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.forRoot(config),
    new FastifyAdapter({ forceCloseConnections: true }),
    { logger: createLogger(config.log), abortOnError: false },
  );
  app.useWebSocketAdapter(new ClusterIoAdapter(app, config));
  return app;
}
