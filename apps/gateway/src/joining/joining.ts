import { Inject, Injectable, Logger } from '@nestjs/common';
import { formatPosition, parsePosition, type Position } from '@galley/contracts';
import { type SubscriberStage } from '../connections/subscriber-stages.js';
import { type Subscriber } from '../connections/subscriber.js';
import { Replay } from '../fan-out/replay.js';
import { FeedFollower } from '../feed/feed-follower.js';
import { FeedLiveness } from '../feed/feed-liveness.js';
import { GATEWAY_CONFIG, type GatewayConfig } from '../gateway.config.js';
import { RoomMembers } from '../rooms/room-members.js';
import { homeRoom, roomFor } from '../rooms/room-rules.js';

/** How long a client waits for a replica that does not know its place in the feed, because Redis is away. */
const START_WITHIN_MS = 5_000;

const LIVE = { state: 'live' } as const;

/**
 * The last stage of a new connection: sends the missed changes, then `ready`, then goes live without a gap or a repeat.
 */
@Injectable()
export class Joining implements SubscriberStage {
  private readonly logger = new Logger(Joining.name);
  /**
   * How often clients have begun to get changes: `new` with nothing to continue, `recovered` with all that they had missed,
   * `refetch` because that could not be sent.
   */
  readonly counts = { new: 0, recovered: 0, refetch: 0, replayed: 0 };

  constructor(
    private readonly feed: FeedFollower,
    private readonly liveness: FeedLiveness,
    private readonly replay: Replay,
    private readonly members: RoomMembers,
    @Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig,
  ) {}

  /** @throws GalleyError if the client may not follow the orders that it asks for */
  connecting(subscriber: Subscriber): void {
    const { principal, progress } = subscriber;
    if (progress.state !== 'connecting') throw new Error(`A client that is ${progress.state} cannot connect`);
    const { position, rooms, feed = false } = progress.request;
    const names = rooms ? rooms.map((request) => roomFor(principal, request)) : [homeRoom(principal)];
    const since = position === undefined ? undefined : parsePosition(position);
    subscriber.progress = { state: 'joining', since, rooms: [...new Set(names)], feed };
  }

  connected(subscriber: Subscriber): void {
    const { progress } = subscriber;
    if (progress.state !== 'joining') return;
    progress.joined = this.join(subscriber, progress).catch((error: unknown) => {
      this.logger.error(error);
      subscriber.close('error'); // the client reconnects and tries again
    });
  }

  private async join(
    subscriber: Subscriber,
    { since, rooms, feed }: { since?: Position; rooms: readonly string[]; feed: boolean },
  ): Promise<void> {
    await this.feed.started(START_WITHIN_MS);
    await this.replay.send(subscriber, since, rooms, (result) => {
      this.counts[result.recovered ? 'recovered' : since ? 'refetch' : 'new']++;
      this.counts.replayed += result.replayed;
      const { head } = this.feed;
      subscriber.emit('ready', {
        ...(head && { position: formatPosition(head) }),
        ...result,
        gateway: this.config.name,
        heartbeatMs: this.config.feedHeartbeatMs,
        ...this.liveness.state,
      });
      subscriber.progress = LIVE;
      this.members.enter(subscriber, rooms);
      if (feed) this.members.listenToFeed(subscriber);
    });
  }
}
