import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { type Principal } from '@galley/access';

/** The sender of a request. */
export interface Caller {
  principal: Principal;
  requestId: string;
}

/** A request that has passed `AuthGuard`. It has a caller unless its route is public. */
export type GuardedRequest = FastifyRequest & { caller?: Caller };

/** Injects the caller into a parameter of a handler. */
export const CallerOf = createParamDecorator((_data: unknown, context: ExecutionContext): Caller => {
  const { caller } = context.switchToHttp().getRequest<GuardedRequest>();
  if (!caller) throw new Error('A public route has no caller');
  return caller;
});
