import { Inject, Injectable } from '@nestjs/common';
import { GalleyError, invalidRequest, roomRequest, type RoomsJoined } from '@galley/contracts';
import { INTERNAL_ROOMS } from '../fan-out/fan-out.gateway.js';
import { GATEWAY_CONFIG, type GatewayConfig } from '../gateway.config.js';
import { type Client } from '../sessions/client.js';
import { homeRoom, roomFor } from './room-rules.js';

/** Which orders a connection hears of: all it may see from the start, then whatever it asks for. */
@Injectable()
export class Rooms {
  constructor(@Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig) {}

  /**
   * Without an order: everything again. With one: that order (and others so joined), and no longer everything.
   * @throws GalleyError
   */
  async join(client: Client, body: unknown): Promise<RoomsJoined> {
    const home = homeRoom(client.data.principal);
    const room = parseRoom(client, body);
    await client.data.ready;
    const followed = joined(client).filter((name) => name !== home);
    if (room !== home && !client.rooms.has(room) && followed.length >= this.config.maxRooms) {
      throw new GalleyError('too_many_rooms', `A connection may follow ${this.config.maxRooms} orders at most`);
    }
    await client.join(room);
    if (room !== home) await client.leave(home);
    return { rooms: joined(client) };
  }

  /** @throws GalleyError */
  async leave(client: Client, body: unknown): Promise<RoomsJoined> {
    const room = parseRoom(client, body);
    await client.data.ready;
    await client.leave(room);
    return { rooms: joined(client) };
  }
}

/** What it follows: its rooms, but for those of the gateway. */
const joined = (client: Client) => [...client.rooms].filter((room) => !INTERNAL_ROOMS.includes(room));

function parseRoom(client: Client, body: unknown): string {
  const result = roomRequest.safeParse(body);
  if (!result.success) throw invalidRequest(result.error.issues, 'payload');
  return roomFor(client.data.principal, result.data);
}
