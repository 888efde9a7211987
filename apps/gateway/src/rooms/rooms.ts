import { Inject, Injectable } from '@nestjs/common';
import { GalleyError, parseOrRefuse, roomRequest, type RoomsJoined } from '@galley/contracts';
import { type GatewaySocket } from '../connections/gateway-socket.js';
import { GATEWAY_CONFIG, type GatewayConfig } from '../gateway.config.js';
import { homeRoom, INTERNAL_ROOMS, roomFor } from './room-rules.js';

/** Which orders a connection hears of: all it may see from the start, then what it asks for. */
@Injectable()
export class Rooms {
  constructor(@Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig) {}

  /**
   * Without an order: everything again. With one: that order (and others so joined), and no longer everything.
   * @throws GalleyError
   */
  async join(socket: GatewaySocket, body: unknown): Promise<RoomsJoined> {
    const home = homeRoom(socket.data.principal);
    const room = requestedRoom(socket, body);
    await joined(socket);
    const followed = roomsOf(socket).filter((name) => name !== home);
    if (room !== home && !socket.rooms.has(room) && followed.length >= this.config.maxRooms) {
      throw new GalleyError('too_many_rooms', `A connection may follow ${this.config.maxRooms} orders at most`);
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

/** What it follows: its rooms, but for those of the gateway. */
const roomsOf = (socket: GatewaySocket) => [...socket.rooms].filter((room) => !INTERNAL_ROOMS.includes(room));

/** Resolves once the client is in the rooms that it asked for when it connected. */
async function joined({ data: { progress } }: GatewaySocket): Promise<void> {
  if (progress.state === 'joining') await progress.joined;
}

function requestedRoom(socket: GatewaySocket, body: unknown): string {
  return roomFor(socket.data.principal, parseOrRefuse(roomRequest, body, 'payload'));
}
