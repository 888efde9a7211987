import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { EmbeddedRedis } from '@galley/embedded-redis';
import { createGateway } from '@galley/gateway/create-app';
import { readGatewayConfig } from '@galley/gateway/gateway.config';
import { createOrdersApi } from '@galley/orders-api/create-app';
import { readOrdersApiConfig } from '@galley/orders-api/orders-api.config';
import { own } from '@galley/testing';

const { paths } = JSON.parse(readFileSync('apps/orders-api/docs/openapi.json', 'utf8')) as {
  paths: Record<string, Record<string, unknown>>;
};

/** The routes of an app, as its router has them: `GET /orders/{orderId}`. */
async function routesOf(app: NestFastifyApplication): Promise<string[]> {
  const routes: string[] = [];
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onRoute', ({ method, url }) => {
      for (const name of [method].flat()) routes.push(`${name} ${url.replace(/:(\w+)/g, '{$1}')}`);
    });
  await app.init();
  await app.close();
  // The description does not describe itself.
  return routes.filter((route) => !/^HEAD | \/docs(\/|$)/.test(route));
}

it('describes the routes of the apps, and no others', async () => {
  const redis = await EmbeddedRedis.start();
  own(() => redis.stop());
  const environment = { AUTH: 'open', REDIS_URL: redis.url, LOG_LEVEL: 'fatal', GATEWAY_NAME: 'described' };
  const api = await routesOf(await createOrdersApi(readOrdersApiConfig(environment)));
  const gateway = await routesOf(await createGateway(readGatewayConfig(environment)));
  const described = Object.entries(paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(described.sort()).toEqual([...new Set([...api, ...gateway])].sort());
});
