import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { GalleyError } from '@galley/contracts';
import { CallerCheck } from './caller-check.js';
import { type GuardedRequest } from './caller.js';
import { ROUTE_RULE, type RouteRule } from './route-rules.js';

/** Lets a request pass if the rule of its route allows it. */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly callers: CallerCheck,
  ) {}

  /** @throws GalleyError */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const rule = this.reflector.getAllAndOverride<RouteRule | undefined>(ROUTE_RULE, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (rule === 'public') return true;
    if (rule === undefined) throw new GalleyError('forbidden', 'This route has no rule about who may use it');
    await this.callers.check(context.switchToHttp().getRequest<GuardedRequest>(), rule);
    return true;
  }
}
