import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Emitter } from '@socket.io/redis-emitter';
import { type Redis } from 'ioredis';
import { GalleyError, type Announce, type AnnouncementEvent } from '#contracts';
import { connectCommands, disconnect } from '#redis';
import { ORDERS_API_CONFIG, type OrdersApiConfig } from '../orders-api.config.js';

/** Speaks to every client on every replica through the Socket.IO Redis adapter: at most once, kept nowhere. */
@Injectable()
export class AnnouncementsService implements OnApplicationShutdown {
  private readonly redis: Redis;
  private readonly emitter: Emitter;
  private published: Promise<unknown> = Promise.resolve();

  constructor(@Inject(ORDERS_API_CONFIG) { redisUrl }: OrdersApiConfig) {
    this.redis = connectCommands(redisUrl, 'announcements');
    // The emitter drops the promise of its publish, so a failure would end the process: keep it and await it here.
    this.emitter = new Emitter({
      publish: (channel: string, message: Buffer) => (this.published = this.redis.publish(channel, message)),
    });
  }

  /** @throws GalleyError `unavailable` where Redis does not take it */
  async announce({ message }: Announce): Promise<AnnouncementEvent> {
    const event = { message, timestamp: new Date().toISOString() };
    this.emitter.emit('announcement', event);
    try {
      await this.published;
    } catch (cause) {
      throw new GalleyError('unavailable', 'The announcement could not be sent: Redis is away', {
        cause,
        retryAfterSeconds: 1,
      });
    }
    return event;
  }

  onApplicationShutdown(): Promise<void> {
    return disconnect(this.redis);
  }
}
