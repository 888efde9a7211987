import { Inject, Injectable } from '@nestjs/common';
import { connectAuth, GalleyError, parseOrRefuse } from '@galley/contracts';
import { GATEWAY_CONFIG, type GatewayConfig } from '../gateway.config.js';
import { type GatewaySocket } from './gateway-socket.js';
import { type ConnectionStage } from './lifecycle.js';

/** The refusal of a client that follows too many orders. */
export const tooManyRooms = (maxRooms: number): GalleyError =>
  new GalleyError('too_many_rooms', `A connection may follow at most ${maxRooms} orders`);

/** Checks that the connect request of a client is well-formed. */
@Injectable()
export class ConnectRequests implements ConnectionStage {
  constructor(@Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig) {}

  /** @throws GalleyError `invalid_request` or `too_many_rooms` */
  connecting(socket: GatewaySocket): void {
    const { auth } = socket.handshake;
    // Count the rooms first: the schema would check every one, even a hundred thousand.
    const { rooms } = auth as { rooms?: unknown };
    if (Array.isArray(rooms) && rooms.length > this.config.maxRooms) {
      throw tooManyRooms(this.config.maxRooms);
    }
    socket.data.progress = { state: 'connecting', request: parseOrRefuse(connectAuth, auth, 'auth') };
  }
}
