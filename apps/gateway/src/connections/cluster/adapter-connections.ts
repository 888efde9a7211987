import { Logger } from '@nestjs/common';
import { type Redis } from 'ioredis';
import { connectCommands, connectSubscriber, disconnect } from '@galley/redis';
import { isAdapterMessage } from './adapter-messages.js';

/** The two Redis connections of the Socket.IO adapter. Neither an outage nor a stray message can end the process. */
export class AdapterConnections {
  readonly publisher: Redis;
  readonly subscriber: Redis;
  private readonly logger = new Logger('Cluster');
  private lost = 0;
  private refused = 0;

  constructor(url: string) {
    this.publisher = connectCommands(url, 'adapter');
    this.subscriber = connectSubscriber(url, 'adapter subscriber');
    this.publishWithoutRejection();
    this.subscribeWithoutRejection();
    this.dropStrayMessages();
  }

  async close(): Promise<void> {
    await Promise.all([disconnect(this.publisher), disconnect(this.subscriber)]);
  }

  /**
   * The adapter neither awaits nor catches its publishes. Messages that it sends while Redis is away are lost. Order
   * changes are not affected: they go through the feed.
   */
  private publishWithoutRejection(): void {
    const publish = this.publisher.publish.bind(this.publisher);
    this.publisher.publish = async (channel: string | Buffer, message: string | Buffer) => {
      try {
        return await publish(channel, message);
      } catch {
        if (++this.lost === 1) this.logger.warn('Redis is away: messages to all replicas are lost until it is back');
        return 0;
      }
    };
  }

  /** The adapter does not await its subscriptions either. ioredis restores them with the connection. */
  private subscribeWithoutRejection(): void {
    for (const method of ['subscribe', 'psubscribe', 'unsubscribe', 'punsubscribe'] as const) {
      const original = this.subscriber[method].bind(this.subscriber) as (...args: unknown[]) => Promise<unknown>;
      this.subscriber[method] = (...args: unknown[]) => original(...args).catch(() => undefined);
    }
  }

  private dropStrayMessages(): void {
    const { subscriber } = this;
    const emit = subscriber.emit.bind(subscriber);
    subscriber.emit = (event: string | symbol, ...args: unknown[]) => {
      if (event === 'messageBuffer' || event === 'pmessageBuffer') {
        const [channel, message] = args.slice(-2) as [Buffer, Buffer];
        if (!isAdapterMessage(channel.toString(), message)) {
          if (++this.refused === 1) this.logger.warn(`Dropped a malformed message on ${channel.toString()}`);
          return true;
        }
      }
      return emit(event, ...args);
    };
  }
}
