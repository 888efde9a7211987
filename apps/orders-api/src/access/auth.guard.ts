import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { Authenticator, bearerOf, demand, SignOuts } from '@galley/access';
import { GalleyError } from '@galley/contracts';
import { Strangers } from '@galley/http';
import { type GuardedRequest } from './caller.js';
import { ROUTE_RULE, type RouteRule } from './route-rules.js';

/** Lets a request pass if the rule of its route allows it. */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly authenticator: Authenticator,
    private readonly signOuts: SignOuts,
    private readonly strangers: Strangers,
  ) {}

  /** @throws GalleyError */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const rule = this.reflector.getAllAndOverride<RouteRule | undefined>(ROUTE_RULE, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (rule === 'public') return true;
    if (rule === undefined) throw new GalleyError('forbidden', 'This route has no rule about who may use it');
    const request = context.switchToHttp().getRequest<GuardedRequest>();
    const principal = await this.authenticator.authenticate(bearerOf(request.headers.authorization));
    await this.signOuts.check(principal);
    this.strangers.recognize(request.raw);
    request.caller = { principal, requestId: request.id };
    demand(principal, rule);
    return true;
  }
}
