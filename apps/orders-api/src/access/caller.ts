import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { type Principal } from '@galley/access';

/** The sender of a request. */
export interface Caller {
  principal: Principal;
  requestId: string;
}

/** Resolves when the other callers have had their turn of the event loop. */
export type NextTurn = () => Promise<void>;

/** A request that has passed the guards. It has these unless its route is public. */
export type GuardedRequest = FastifyRequest & { caller?: Caller; nextTurn?: NextTurn };

/** Injects the caller into a parameter of a handler. */
export const CallerOf = createParamDecorator((_data: unknown, context: ExecutionContext): Caller => {
  const { caller } = context.switchToHttp().getRequest<GuardedRequest>();
  if (!caller) throw new Error('A public route has no caller');
  return caller;
});

/** Injects what a handler waits for between the pieces of a long answer. */
export const NextTurnOf = createParamDecorator((_data: unknown, context: ExecutionContext): NextTurn => {
  const { nextTurn } = context.switchToHttp().getRequest<GuardedRequest>();
  if (!nextTurn) throw new Error('A public route has no turns');
  return nextTurn;
});
