import { Logger } from '@nestjs/common';
import { type Redis } from 'ioredis';
import { type AnnouncementEvent } from '@galley/contracts';
import { connectSubscriber } from '@galley/redis';
import { readAdapterMessage } from './adapter-messages.js';

/**
 * Makes the Redis connection of the Socket.IO adapter, which only subscribes. Neither an outage nor a message of somebody
 * else can end the process.
 * @param announced called with each announcement, of which the adapter tells sockets only
 */
export function connectAdapter(url: string, announced: (event: AnnouncementEvent) => void): Redis {
  const subscriber = connectSubscriber(url, 'adapter', { autoResubscribe: false });
  keepSubscriptions(subscriber);
  dropStrayMessages(subscriber, announced);
  return subscriber;
}

/**
 * Subscribes again after each connect. ioredis would do so too, but it forgets the subscriptions if the connection is lost
 * again before they are confirmed. The adapter subscribes once and awaits nothing.
 */
function keepSubscriptions(subscriber: Redis): void {
  for (const method of ['subscribe', 'psubscribe'] as const) {
    const wanted = new Set<string>();
    const subscribe = subscriber[method].bind(subscriber) as (...channels: string[]) => Promise<unknown>;
    const subscribeToAll = () => {
      if (wanted.size === 0) return;
      subscribe(...wanted).catch(() => {
        if (subscriber.status === 'ready') subscriber.disconnect(true);
      });
    };
    subscriber.on('ready', subscribeToAll);
    subscriber[method] = (...channels: unknown[]) => {
      for (const channel of channels.flat()) wanted.add(String(channel));
      if (subscriber.status === 'ready') subscribeToAll();
      return Promise.resolve();
    };
  }
  // The adapter unsubscribes only when it closes, and so does its connection.
  for (const method of ['unsubscribe', 'punsubscribe'] as const) subscriber[method] = () => Promise.resolve();
}

/** The adapter does not check messages, and nobody catches what it throws. */
function dropStrayMessages(subscriber: Redis, announced: (event: AnnouncementEvent) => void): void {
  const logger = new Logger('Cluster');
  let refused = 0;
  const emit = subscriber.emit.bind(subscriber);
  subscriber.emit = (event: string | symbol, ...args: unknown[]) => {
    if (event === 'messageBuffer' || event === 'pmessageBuffer') {
      const [channel, message] = args.slice(-2) as [Buffer, Buffer];
      const known = readAdapterMessage(channel.toString(), message);
      if (known?.kind === 'announcement') announced(known.announcement);
      if (!known) {
        if (++refused === 1)
          logger.warn(`Dropped a message on ${channel.toString()} that the orders API does not send`);
        return true;
      }
    }
    return emit(event, ...args);
  };
}
