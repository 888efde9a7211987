import 'reflect-metadata';
import { createPublicKey, createSecretKey } from 'node:crypto';
import { Module, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { IoAdapter } from '@nestjs/platform-socket.io';
import {
  ConnectedSocket,
  MessageBody,
  SubscribeMessage,
  WebSocketGateway,
  type OnGatewayConnection,
} from '@nestjs/websockets';
import { createAdapter } from '@socket.io/redis-adapter';
import { Redis } from 'ioredis';
import jsonwebtoken from 'jsonwebtoken';
import { type Server, type ServerOptions, type Socket } from 'socket.io';

/**
 * The baseline: a gateway as the documentation of Nest and of Socket.IO's Redis adapter shows it. The API emits to its rooms
 * through the Redis emitter.
 * @see https://docs.nestjs.com/websockets/adapter#extend-socketio
 */
@WebSocketGateway({ cors: { origin: '*' } })
class OrdersGateway implements OnGatewayConnection<Socket> {
  async handleConnection(client: Socket): Promise<void> {
    const { rooms } = client.handshake.auth as { rooms?: { orderId: string }[] };
    await client.join(rooms ? rooms.map(({ orderId }) => `order:${orderId}`) : ['orders']);
  }

  @SubscribeMessage('joinRoom')
  async joinRoom(@ConnectedSocket() client: Socket, @MessageBody() room?: { orderId?: string }) {
    await client.join(room?.orderId === undefined ? 'orders' : `order:${room.orderId}`);
    return { ok: true };
  }

  @SubscribeMessage('leaveRoom')
  async leaveRoom(@ConnectedSocket() client: Socket, @MessageBody() room?: { orderId?: string }) {
    await client.leave(room?.orderId === undefined ? 'orders' : `order:${room.orderId}`);
    return { ok: true };
  }
}

@Module({ providers: [OrdersGateway] })
class AppModule {}

class RedisIoAdapter extends IoAdapter {
  private readonly adapter: ReturnType<typeof createAdapter>;

  constructor(app: INestApplicationContext) {
    super(app);
    const publisher = new Redis(process.env.REDIS_URL ?? '');
    this.adapter = createAdapter(publisher, publisher.duplicate());
  }

  override createIOServer(port: number, options?: ServerOptions): Server {
    const server = super.createIOServer(port, options);
    server.adapter(this.adapter);
    server.use(checkToken);
    return server;
  }
}

/** jsonwebtoken would try to read a text as a public key first, at each check, which takes it half a millisecond. */
const tokenKey = process.env.TOKEN_KEY?.startsWith('-----')
  ? createPublicKey(process.env.TOKEN_KEY)
  : createSecretKey(process.env.TOKEN_KEY ?? '', 'utf8');

/** @see https://socket.io/docs/v4/middlewares/#sending-credentials */
function checkToken({ handshake }: Socket, next: (refusal?: Error) => void): void {
  const { token } = handshake.auth as { token?: string };
  jsonwebtoken.verify(token ?? '', tokenKey, { issuer: 'galley', audience: 'galley' }, (error) => {
    next(error ?? undefined);
  });
}

const app = await NestFactory.create<NestFastifyApplication>(AppModule, new FastifyAdapter(), { logger: ['error'] });
app.useWebSocketAdapter(new RedisIoAdapter(app));
app.getHttpAdapter().get('/health/ready', (_request: unknown, reply: { send: (body: string) => void }) => {
  reply.send('ok');
});
await app.listen({ host: process.env.HOST, port: Number(process.env.PORT), backlog: 8_192 });
