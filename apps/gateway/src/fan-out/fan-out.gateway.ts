import { Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { WebSocketGateway, type OnGatewayInit } from '@nestjs/websockets';
import { type Server } from 'socket.io';
import { ChangeFeed, type FeedGap, type FeedSubscription, type PublishedChange } from '#change-feed';
import { deliveriesOf } from './deliveries.js';

/** Brings every change of the feed to the sockets of this replica that are entitled to it. */
@WebSocketGateway()
export class FanOutGateway implements OnGatewayInit<Server>, BeforeApplicationShutdown {
  private readonly logger = new Logger(FanOutGateway.name);
  private subscription?: FeedSubscription;

  constructor(private readonly feed: ChangeFeed) {}

  /** Whether changes reach this replica now. */
  get attached(): boolean {
    return this.subscription?.attached ?? false;
  }

  afterInit(server: Server): void {
    this.subscription = this.feed.subscribe({
      onChange: (change) => {
        this.deliver(server, change);
      },
      onGap: (gap) => {
        this.reportGap(gap);
      },
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.subscription?.close();
  }

  /** Locally: every replica follows the feed, so through the adapter each socket would get one copy a replica. */
  private deliver(server: Server, change: PublishedChange): void {
    try {
      for (const { event, rooms, payload } of deliveriesOf(change)) {
        server.local.to(rooms).emit(event, JSON.parse(payload));
      }
    } catch (error) {
      this.logger.error(`Could not deliver ${change.type} of order ${change.orderId}`, error);
    }
  }

  private reportGap({ reason }: FeedGap): void {
    this.logger.error(`Changes are missing from the feed (${reason}); connected clients have not heard of them`);
  }
}
