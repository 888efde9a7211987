import { applyDecorators } from '@nestjs/common';
import { RouteConfig, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type Action } from '@galley/access';
import { CallerCheck } from './caller-check.js';
import { Allow } from './route-rules.js';

interface LargeBody {
  action: Action;
  maxBytes: number;
}

/** Marks a route that requires permission for this action, as `Allow` does, and takes larger bodies than the others. */
export const AllowLargeBody = (action: Action, maxBytes: number): MethodDecorator =>
  applyDecorators(Allow(action), RouteConfig({ largeBody: { action, maxBytes } satisfies LargeBody }));

/**
 * Lets marked routes take their large bodies. Guards run once a body was read and parsed. So these routes check the caller
 * before, too: a large body costs more than a refusal, and strangers may send many.
 */
export function useLargeBodies(app: NestFastifyApplication): void {
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onRoute', (route) => {
      const { largeBody } = (route.config ?? {}) as { largeBody?: LargeBody };
      if (!largeBody) return;
      route.bodyLimit = largeBody.maxBytes;
      route.onRequest = (request) => app.get(CallerCheck).check(request, largeBody.action);
    });
}
