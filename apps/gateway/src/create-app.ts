import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { fastifyDeadlines } from '@galley/access';
import { createLogger } from '@galley/runtime';
import { AppModule } from './app.module.js';
import { ClusterIoAdapter } from './connections/cluster/cluster-io.adapter.js';
import { type GatewayConfig } from './gateway.config.js';

/** One gateway replica, ready to listen: what runs in production and what the tests start. */
export async function createGateway(config: GatewayConfig): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.forRoot(config),
    new FastifyAdapter({ forceCloseConnections: true, ...fastifyDeadlines }),
    { logger: createLogger(config.log), abortOnError: false, bodyParser: false },
  );
  // No route of it takes a body: what is not read is not waited for, and cannot be broken off.
  app.getHttpAdapter().getInstance().removeAllContentTypeParsers();
  if (config.auth.mode === 'open') new Logger('Auth').warn('OPEN TO EVERYBODY: AUTH=open, no token is needed');
  app.useWebSocketAdapter(new ClusterIoAdapter(app, config));
  return app;
}
