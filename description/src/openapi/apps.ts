import { type Type } from '@nestjs/common';
import { ModulesContainer, NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule as GatewayModule } from '@galley/gateway/app.module';
import { readGatewayConfig } from '@galley/gateway/gateway.config';
import { AppModule as OrdersApiModule } from '@galley/orders-api/app.module';
import { readOrdersApiConfig } from '@galley/orders-api/orders-api.config';
import { Peers, Strangers, WebPages } from '@galley/http';
import { AuditLog, Metrics, Tracing } from '@galley/runtime';

const ENVIRONMENT = { AUTH: 'open', REDIS_URL: 'redis://localhost', GATEWAY_NAME: 'gateway' };

/** An app whose parts were looked at, but neither made nor started. */
export interface PreviewedApp {
  app: NestFastifyApplication;
  controllers: Type[];
}

export async function previewOrdersApi(): Promise<PreviewedApp> {
  const config = readOrdersApiConfig(ENVIRONMENT);
  return preview(OrdersApiModule.forRoot(config, httpPartsOf(config)));
}

export async function previewGateway(): Promise<PreviewedApp> {
  const config = readGatewayConfig(ENVIRONMENT);
  return preview(GatewayModule.forRoot(config, httpPartsOf(config)));
}

type Config = ReturnType<typeof readOrdersApiConfig> | ReturnType<typeof readGatewayConfig>;

function httpPartsOf(config: Config) {
  const peers = new Peers([]);
  return {
    ...{ audit: new AuditLog(config.log), metrics: new Metrics(), tracing: Tracing.off, peers },
    ...{ strangers: new Strangers(config.http.strangers, peers), pages: new WebPages(config, peers) },
  };
}

async function preview(module: Parameters<typeof NestFactory.create>[0]): Promise<PreviewedApp> {
  const options = { preview: true, logger: false, abortOnError: false } as const;
  const app = await NestFactory.create<NestFastifyApplication>(module, new FastifyAdapter(), options);
  const controllers = [...app.get(ModulesContainer).values()].flatMap((part) =>
    [...part.controllers.values()].map(({ metatype }) => metatype as Type),
  );
  return { app, controllers };
}
