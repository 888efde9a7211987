import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Emitter } from '@socket.io/redis-emitter';
import { type Redis } from 'ioredis';
import { SIGN_OUT_MESSAGE, type AnnouncementEvent } from '@galley/contracts';
import { connectCommands, disconnect } from '@galley/redis';
import { ORDERS_API_CONFIG, type OrdersApiConfig } from '../orders-api.config.js';

/** Sends messages to the gateways through the Socket.IO Redis adapter: at most once, without storing them. */
@Injectable()
export class GatewayMessages implements OnApplicationShutdown {
  private readonly redis: Redis;
  private readonly emitter: Emitter;
  private published: Promise<unknown> = Promise.resolve();

  constructor(@Inject(ORDERS_API_CONFIG) { redisUrl, feed }: OrdersApiConfig) {
    this.redis = connectCommands(redisUrl, 'gateway messages');
    // The emitter drops the promise of its publish, so a failure would end the process. Keep the promise and await it here.
    this.emitter = new Emitter(
      { publish: (channel: string, message: Buffer) => (this.published = this.redis.publish(channel, message)) },
      { key: feed.name },
    );
  }

  /** Sends an announcement to every client. Rejects if Redis does not take it. */
  async announce(event: AnnouncementEvent): Promise<void> {
    this.emitter.emit('announcement', event);
    await this.published;
  }

  /** Tells every gateway that there is a new sign-out. Rejects if Redis does not take the message. */
  async signedOut(): Promise<void> {
    this.emitter.serverSideEmit(SIGN_OUT_MESSAGE);
    await this.published;
  }

  onApplicationShutdown(): Promise<void> {
    return disconnect(this.redis);
  }
}
