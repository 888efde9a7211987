import { type ExecutionContext } from '@nestjs/common';
import { expect, it } from '@jest/globals';
import { Peers } from '@galley/http';
import { readOrdersApiConfig } from '../orders-api.config.js';
import { RateLimitGuard } from './rate-limit.guard.js';

const A_TURN_MS = 10;

it('lets requests wait for a later turn of the event loop when those before them have taken long', async () => {
  const guard = new RateLimitGuard(
    readOrdersApiConfig({ AUTH: 'open', REDIS_URL: 'redis://localhost' }),
    new Peers([]),
  );
  const request = { caller: { principal: { role: 'staff', sub: 'sam' }, requestId: 'r' }, raw: {} };
  const context = { switchToHttp: () => ({ getRequest: () => request }) } as unknown as ExecutionContext;
  expect(guard.canActivate(context)).toBe(true);
  for (const start = performance.now(); performance.now() - start < A_TURN_MS;);
  const later = guard.canActivate(context);
  expect(later).toBeInstanceOf(Promise);
  await expect(later).resolves.toBe(true);
});
