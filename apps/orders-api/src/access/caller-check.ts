import { Injectable } from '@nestjs/common';
import { Authenticator, bearerOf, demand, SignOuts, type Action } from '@galley/access';
import { Strangers } from '@galley/http';
import { type GuardedRequest } from './caller.js';

/** Finds out who sends a request, and whether they may do what it asks for. */
@Injectable()
export class CallerCheck {
  constructor(
    private readonly authenticator: Authenticator,
    private readonly signOuts: SignOuts,
    private readonly strangers: Strangers,
  ) {}

  /** @throws GalleyError */
  async check(request: GuardedRequest, action: Action): Promise<void> {
    const principal = await this.authenticator.authenticate(bearerOf(request.headers.authorization));
    await this.signOuts.check(principal);
    this.strangers.recognize(request.raw);
    request.caller = { principal, requestId: request.id };
    demand(principal, action);
  }
}
