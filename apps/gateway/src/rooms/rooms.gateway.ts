import { Inject, UseFilters } from '@nestjs/common';
import {
  ConnectedSocket,
  MessageBody,
  SubscribeMessage,
  WebSocketGateway,
  type OnGatewayConnection,
} from '@nestjs/websockets';
import { type Socket } from 'socket.io';
import {
  GalleyError,
  invalidRequest,
  roomRequest,
  type Ack,
  type ClientToServerEvents,
  type RoomsJoined,
  type ServerToClientEvents,
} from '#contracts';
import { GATEWAY_CONFIG, type GatewayConfig } from '../gateway.config.js';
import { AckFilter } from './ack.filter.js';
import { HOME_ROOM, roomFor } from './room-rules.js';

type Client = Socket<ClientToServerEvents, ServerToClientEvents>;

/** Which orders a connection hears of: all it may see from the start, then whatever it asks for. */
@WebSocketGateway()
@UseFilters(AckFilter)
export class RoomsGateway implements OnGatewayConnection<Client> {
  constructor(@Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig) {}

  handleConnection(client: Client): void {
    void client.join(HOME_ROOM);
  }

  /** Without an order: everything again. With one: that order (and others so joined), and no longer everything. */
  @SubscribeMessage('joinRoom')
  async joinRoom(@ConnectedSocket() client: Client, @MessageBody() body: unknown): Promise<Ack<RoomsJoined>> {
    const room = parseRoom(body);
    const followed = joined(client).filter((name) => name !== HOME_ROOM);
    if (room !== HOME_ROOM && !client.rooms.has(room) && followed.length >= this.config.maxRooms) {
      throw new GalleyError('too_many_rooms', `A connection may follow ${this.config.maxRooms} orders at most`);
    }
    await client.join(room);
    if (room !== HOME_ROOM) await client.leave(HOME_ROOM);
    return { ok: true, data: { rooms: joined(client) } };
  }

  @SubscribeMessage('leaveRoom')
  async leaveRoom(@ConnectedSocket() client: Client, @MessageBody() body: unknown): Promise<Ack<RoomsJoined>> {
    await client.leave(parseRoom(body));
    return { ok: true, data: { rooms: joined(client) } };
  }
}

/** Its rooms, but for the one of its own that Socket.IO puts every socket into. */
const joined = (client: Client) => [...client.rooms].filter((room) => room !== client.id);

function parseRoom(body: unknown): string {
  const result = roomRequest.safeParse(body);
  if (!result.success) throw invalidRequest(result.error.issues, 'payload');
  return roomFor(result.data);
}
