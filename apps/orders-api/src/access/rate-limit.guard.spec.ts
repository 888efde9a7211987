import { type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { expect, it } from '@jest/globals';
import { Peers } from '@galley/http';
import { readOrdersApiConfig } from '../orders-api.config.js';
import { type GuardedRequest } from './caller.js';
import { RateLimitGuard } from './rate-limit.guard.js';

const A_TURN_MS = 10;

it('lets requests, and the pieces of an answer, wait for a later turn of the event loop when those before have taken long', async () => {
  const guard = new RateLimitGuard(
    readOrdersApiConfig({ AUTH: 'open', REDIS_URL: 'redis://localhost' }),
    new Peers([]),
    new Reflector(),
  );
  const caller = { principal: { role: 'staff', sub: 'sam' }, requestId: 'r' };
  const request = { caller, raw: {} } as GuardedRequest;
  const context = {
    switchToHttp: () => ({ getRequest: () => request }),
    getHandler: () => () => undefined,
  } as unknown as ExecutionContext;
  expect(guard.canActivate(context)).toBe(true);
  for (const start = performance.now(); performance.now() - start < A_TURN_MS;);
  const later = guard.canActivate(context);
  expect(later).toBeInstanceOf(Promise);
  let isTurn = false;
  const piece = request.nextTurn?.().then(() => (isTurn = true));
  await Promise.resolve();
  expect(isTurn).toBe(false);
  await expect(later).resolves.toBe(true);
  await expect(piece).resolves.toBe(true);
});
