import { Inject, Injectable } from '@nestjs/common';
import { GalleyError, parseOrRefuse, roomRequest, type RoomsJoined } from '@galley/contracts';
import { type GatewaySocket } from '../connections/gateway-socket.js';
import { GATEWAY_CONFIG, type GatewayConfig } from '../gateway.config.js';
import { homeRoom, INTERNAL_ROOMS, roomFor } from './room-rules.js';

/** The rooms of a connection. It starts with all orders that it may see, then joins and leaves rooms as it asks. */
@Injectable()
export class Rooms {
  constructor(@Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig) {}

  /**
   * Without an order, the client follows all orders again. With one, it follows that order, besides others that it has
   * joined, and no longer all orders.
   * @throws GalleyError
   */
  async join(socket: GatewaySocket, body: unknown): Promise<RoomsJoined> {
    const home = homeRoom(socket.data.principal);
    const room = requestedRoom(socket, body);
    await joined(socket);
    const followed = roomsOf(socket).filter((name) => name !== home);
    if (room !== home && !socket.rooms.has(room) && followed.length >= this.config.maxRooms) {
      throw new GalleyError('too_many_rooms', `A connection may follow at most ${this.config.maxRooms} orders`);
    }
    await socket.join(room);
    if (room !== home) await socket.leave(home);
    return { rooms: roomsOf(socket) };
  }

  /** @throws GalleyError */
  async leave(socket: GatewaySocket, body: unknown): Promise<RoomsJoined> {
    const room = requestedRoom(socket, body);
    await joined(socket);
    await socket.leave(room);
    return { rooms: roomsOf(socket) };
  }
}

/** The rooms of a client, without the internal rooms of the gateway. */
const roomsOf = (socket: GatewaySocket) => [...socket.rooms].filter((room) => !INTERNAL_ROOMS.includes(room));

/** Resolves once the client is in the rooms that it asked for when it connected. */
async function joined({ data: { progress } }: GatewaySocket): Promise<void> {
  if (progress.state === 'joining') await progress.joined;
}

function requestedRoom(socket: GatewaySocket, body: unknown): string {
  return roomFor(socket.data.principal, parseOrRefuse(roomRequest, body, 'payload'));
}
