import { Injectable } from '@nestjs/common';
import { type Server } from 'socket.io';
import { SignOuts } from '@galley/access';
import { SIGN_OUT_MESSAGE } from '@galley/contracts';
import { Connections } from '../connections/connections.js';
import { type SubscriberStage } from '../connections/subscriber-stages.js';

/** Ends the connections of users who are signed out. */
@Injectable()
export class SignOutEnforcement implements SubscriberStage {
  constructor(
    private readonly connections: Connections,
    private readonly signOuts: SignOuts,
  ) {}

  attach(server: Server): void {
    server.on(SIGN_OUT_MESSAGE, () => void this.signOuts.readNew());
    this.signOuts.onSignOut((ends) => {
      for (const subscriber of this.connections.all()) {
        if (ends(subscriber.principal, subscriber.authenticatedAtMs)) subscriber.dismiss('signed_out');
      }
    });
  }
}
