import { Logger } from '@nestjs/common';
import { connectCommands, connectSubscriber, disconnect } from '@galley/redis';
import { parseCountMessage, type CountMessage } from './count-message.js';

/** @param feedName is also the hash tag of all keys */
const channelOf = (feedName: string) => `{${feedName}}:gateways`;

/**
 * A channel of Redis on which gateways tell each other how many connections they have. It is the only one that the Redis user of
 * a gateway may publish on, and the numbers on it can do nothing but slow down or hasten the moving of clients.
 */
export class PeerChannel {
  private readonly logger = new Logger(PeerChannel.name);
  private readonly channel: string;
  private readonly publisher;
  private readonly subscriber;
  private hasWarned = false;

  /** @param hear called with what any gateway has told, also this one */
  constructor(url: string, feedName: string, hear: (message: CountMessage) => void) {
    this.channel = channelOf(feedName);
    this.publisher = connectCommands(url, 'gateway counts');
    this.subscriber = connectSubscriber(url, 'gateway counts subscriber', { autoResubscribe: false });
    this.subscriber.on('ready', () => {
      this.subscriber.subscribe(this.channel).catch(this.warn);
    });
    this.subscriber.on('message', (_channel: string, text: string) => {
      const message = parseCountMessage(text);
      if (message) hear(message);
    });
  }

  async tell(message: CountMessage): Promise<void> {
    await this.publisher.publish(this.channel, JSON.stringify(message)).catch(this.warn);
  }

  async close(): Promise<void> {
    await Promise.all([disconnect(this.publisher), disconnect(this.subscriber)]);
  }

  /** Outages are logged for each connection. A user without the right would fail each time. */
  private readonly warn = (error: unknown): void => {
    if (this.hasWarned || !String(error).includes('NOPERM')) return;
    this.hasWarned = true;
    this.logger.warn(
      `No clients are moved to gateways that were added: the Redis user may not use the channel ${this.channel}. ` +
        'Give it the rights in docker/redis/users.acl, or set REBALANCE_PER_MINUTE to 0',
    );
  };
}
