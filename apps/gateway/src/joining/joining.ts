import { Inject, Injectable, Logger } from '@nestjs/common';
import { formatPosition, parsePosition, type Position } from '@galley/contracts';
import { type GatewaySocket } from '../connections/gateway-socket.js';
import { type ConnectionStage } from '../connections/lifecycle.js';
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
export class Joining implements ConnectionStage {
  private readonly logger = new Logger(Joining.name);

  constructor(
    private readonly feed: FeedFollower,
    private readonly liveness: FeedLiveness,
    private readonly replay: Replay,
    private readonly members: RoomMembers,
    @Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig,
  ) {}

  /** @throws GalleyError if the client may not follow the orders that it asks for */
  connecting({ data }: GatewaySocket): void {
    if (data.progress.state !== 'connecting') throw new Error(`A client that is ${data.progress.state} cannot connect`);
    const { position, rooms, feed = false } = data.progress.request;
    const { principal } = data;
    const names = rooms ? rooms.map((request) => roomFor(principal, request)) : [homeRoom(principal)];
    const since = position === undefined ? undefined : parsePosition(position);
    data.progress = { state: 'joining', since, rooms: [...new Set(names)], feed };
  }

  connected(socket: GatewaySocket): void {
    const { progress } = socket.data;
    if (progress.state !== 'joining') return;
    // Nothing is sent to the room that each socket has for itself.
    void socket.leave(socket.id);
    progress.joined = this.join(socket.data, progress).catch((error: unknown) => {
      this.logger.error(error);
      socket.data.close(); // the client reconnects and tries again
    });
  }

  private async join(
    subscriber: Subscriber,
    { since, rooms, feed }: { since?: Position; rooms: readonly string[]; feed: boolean },
  ): Promise<void> {
    await this.feed.started(START_WITHIN_MS);
    await this.replay.send(subscriber, since, rooms, (result) => {
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
