import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { createLogger } from '#observability';
import { AppModule } from './app.module.js';
import { ClusterIoAdapter } from './cluster/cluster-io.adapter.js';
import { type GatewayConfig } from './gateway.config.js';

/** Who says nothing is gone within 6 s. */
const SILENCE = { headersTimeout: 5_000, requestTimeout: 10_000, connectionsCheckingInterval: 1_000 };

/** One gateway replica, ready to listen: what runs in production and what the tests start. */
export async function createGateway(config: GatewayConfig): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.forRoot(config),
    new FastifyAdapter({ forceCloseConnections: true, http: SILENCE }),
    { logger: createLogger(config.log), abortOnError: false },
  );
  if (config.auth.mode === 'open') new Logger('Auth').warn('OPEN TO EVERYBODY: AUTH=open, no token is needed');
  app.useWebSocketAdapter(new ClusterIoAdapter(app, config));
  return app;
}
