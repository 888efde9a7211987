import { Inject, Injectable } from '@nestjs/common';
import { parseOrRefuse, roomRequest, type RoomsJoined } from '@galley/contracts';
import { tooManyRooms } from '../connections/connect-requests.js';
import { type Subscriber } from '../connections/subscriber.js';
import { GATEWAY_CONFIG, type GatewayConfig } from '../gateway.config.js';
import { RoomMembers } from './room-members.js';
import { homeRoom, roomFor } from './room-rules.js';

/** The rooms of a connection. It starts with all orders that it may see, then joins and leaves rooms as it asks. */
@Injectable()
export class Rooms {
  constructor(
    private readonly members: RoomMembers,
    @Inject(GATEWAY_CONFIG) private readonly config: Pick<GatewayConfig, 'maxRooms'>,
  ) {}

  /**
   * Without an order, the client follows all orders again. With one, it follows that order, besides others that it has
   * joined, and no longer all orders.
   * @throws GalleyError
   */
  async join(subscriber: Subscriber, body: unknown): Promise<RoomsJoined> {
    const home = homeRoom(subscriber.principal);
    const room = requestedRoom(subscriber, body);
    await joined(subscriber);
    const followed = subscriber.rooms.filter((name) => name !== home);
    if (room !== home && !followed.includes(room) && followed.length >= this.config.maxRooms) {
      throw tooManyRooms(this.config.maxRooms);
    }
    this.members.join(subscriber, room);
    if (room !== home) this.members.leave(subscriber, home);
    return { rooms: [...subscriber.rooms] };
  }

  /** @throws GalleyError */
  async leave(subscriber: Subscriber, body: unknown): Promise<RoomsJoined> {
    const room = requestedRoom(subscriber, body);
    await joined(subscriber);
    this.members.leave(subscriber, room);
    return { rooms: [...subscriber.rooms] };
  }
}

/** Resolves once the client is in the rooms that it asked for when it connected. */
async function joined({ progress }: Subscriber): Promise<void> {
  if (progress.state === 'joining') await progress.joined;
}

function requestedRoom({ principal }: Subscriber, body: unknown): string {
  return roomFor(principal, parseOrRefuse(roomRequest, body, 'payload'));
}
