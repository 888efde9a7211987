import { Controller, Get, Module } from '@nestjs/common';
import { APP_GUARD, NestFactory } from '@nestjs/core';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { expect, it } from '@jest/globals';
import { Authenticator, SignOuts } from '@galley/access';
import { EmbeddedRedis } from '@galley/embedded-redis';
import { createHttpSide, Peers, Strangers, WebPages } from '@galley/http';
import { AuditLog, listen } from '@galley/runtime';
import { OrdersClient } from '@galley/testing';
import { AuthGuard } from './auth.guard.js';
import { CallerCheck } from './caller-check.js';
import { Public } from './route-rules.js';

@Controller()
class ForgottenController {
  @Get('forgotten')
  forgotten(): object {
    return { a: 'secret' };
  }

  @Get('public')
  @Public()
  open(): object {
    return { for: 'all' };
  }
}

it('lets nobody use a route that has no rule, not even in open mode', async () => {
  const redis = await EmbeddedRedis.start();
  const signOuts = new SignOuts({ redisUrl: redis.url, name: 'test' });

  const peers = new Peers([]);
  const strangers = new Strangers({ perSecond: 100, burst: 100 }, peers);
  const audit = new AuditLog({ level: 'fatal', format: 'text', name: 'test' });
  const limits = { total: 100, perAddress: 100 };
  const pages = new WebPages({ allowedOrigins: [], allowedHosts: [], auth: { mode: 'open' } }, peers);
  const { adapter, filter } = createHttpSide({ peers, pages, strangers, audit, limits, forceCloseConnections: true });

  @Module({
    controllers: [ForgottenController],
    providers: [
      { provide: APP_GUARD, useClass: AuthGuard },
      CallerCheck,
      { provide: Authenticator, useValue: Authenticator.create({ mode: 'open' }) },
      { provide: SignOuts, useValue: signOuts },
      { provide: Strangers, useValue: strangers },
    ],
  })
  class AppModule {}

  const app = await NestFactory.create<NestFastifyApplication>(AppModule, adapter, {
    logger: false,
    abortOnError: false,
  });
  app.useGlobalFilters(filter);
  const asked = new OrdersClient(`http://127.0.0.1:${await listen(app, { host: '127.0.0.1', port: 0 })}`);
  const get = async (path: string) => (await asked.send('GET', path)).status;
  expect([await get('/forgotten'), await get('/public')]).toEqual([403, 200]);
  await app.close();
  await signOuts.close();
  await redis.stop();
});
