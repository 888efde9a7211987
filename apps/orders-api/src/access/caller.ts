import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { type Principal } from '@galley/access';

/** Whose request it is. */
export interface Caller {
  principal: Principal;
  requestId: string;
}

/** A request that the guard has let pass has a caller, unless its route is public. */
export type GuardedRequest = FastifyRequest & { caller?: Caller };

/** The parameter of a handler that gets the caller. */
export const CallerOf = createParamDecorator((_data: unknown, context: ExecutionContext): Caller => {
  const { caller } = context.switchToHttp().getRequest<GuardedRequest>();
  if (!caller) throw new Error('A public route has no caller');
  return caller;
});
