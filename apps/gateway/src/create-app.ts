import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { fastifyDeadlines } from '@galley/http';
import { createLogger } from '@galley/runtime';
import { AppModule } from './app.module.js';
import { ClusterIoAdapter } from './connections/cluster/cluster-io.adapter.js';
import { type GatewayConfig } from './gateway.config.js';

/** Creates one gateway replica, ready to listen, for production and for tests. */
export async function createGateway(config: GatewayConfig): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.forRoot(config),
    new FastifyAdapter({ forceCloseConnections: true, ...fastifyDeadlines }),
    { logger: createLogger(config.log), abortOnError: false, bodyParser: false },
  );
  // No route takes a body. A body that is not read cannot delay or break an answer.
  app.getHttpAdapter().getInstance().removeAllContentTypeParsers();
  if (config.auth.mode === 'open') new Logger('Auth').warn('OPEN TO EVERYBODY: AUTH=open, no token is needed');
  app.useWebSocketAdapter(new ClusterIoAdapter(app, config));
  return app;
}
