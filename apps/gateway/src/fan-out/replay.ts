import { Inject, Injectable } from '@nestjs/common';
import { ChangeFeed, type FeedPage, type PublishedChange } from '@galley/change-feed';
import { distance, isSameEpoch, isSuccessor, rooms as roomNames, type Position } from '@galley/contracts';
import { pendingBytes, someWritten } from '../connections/engine-internals.js';
import { type GatewaySocket } from '../connections/gateway-socket.js';
import { FeedFollower } from '../feed/feed-follower.js';
import { GATEWAY_CONFIG, type GatewayConfig } from '../gateway.config.js';
import { Bundle } from './bundle.js';
import { packetsFor } from './change-packets.js';

/** Changes sent at once; then the client has to have taken them. */
const CHUNK = 100;

/** The pause before the next attempt while Redis is away. */
const RETRY_AFTER_MS = 200;

/** How much a client may have left of one chunk when it gets the next. */
const NEARLY_DRAINED_BYTES = 64 * 1024;

/** How long a client that is ahead of this replica waits for it to catch up. */
const CATCH_UP_WITHIN_MS = 5_000;

export interface Replayed {
  /** Whether everything since the client's position was sent. */
  recovered: boolean;
  replayed: number;
}

interface Chunk {
  bundle: Bundle;
  /** How many of its changes concern the client. */
  size: number;
}

/** Sends a client what it missed, from the recent changes where they suffice, else from the feed. */
@Injectable()
export class Replay {
  /** For clients that get everything, and therefore the same. */
  private readonly chunks = new WeakMap<readonly PublishedChange[], Chunk>();

  constructor(
    private readonly follower: FeedFollower,
    private readonly feed: ChangeFeed,
    @Inject(GATEWAY_CONFIG) private readonly config: Pick<GatewayConfig, 'replayLimit'>,
  ) {}

  /**
   * @param rooms only what goes to these is sent
   * @param goLive called in the same turn of the event loop in which the last change is sent, so that none comes in between
   */
  async send(
    socket: Pick<GatewaySocket, 'conn' | 'connected'>,
    since: Position | undefined,
    rooms: readonly string[],
    goLive: (result: Replayed) => void,
  ): Promise<void> {
    const entitled = new Set(rooms);
    let replayed = 0;
    let cursor = since;
    while (cursor && socket.connected) {
      // In chunks that end at the same changes for everybody, so that each is made once.
      const recent = this.follower.recent.after(cursor, CHUNK - (cursor.seq % CHUNK));
      const changes = recent ?? (await this.readAfter(cursor));
      if (!changes || this.remaining(cursor) + replayed > this.config.replayLimit) break;
      const chunk = this.chunkOf(changes, entitled);
      chunk.bundle.sendTo(socket.conn);
      replayed += chunk.size;
      cursor = changes.at(-1)?.position ?? cursor;
      if (recent && cursor.seq === this.follower.head?.seq) {
        goLive({ recovered: true, replayed });
        return;
      }
      await drained(socket);
    }
    goLive({ recovered: false, replayed });
  }

  private chunkOf(changes: readonly PublishedChange[], entitled: ReadonlySet<string>): Chunk {
    if (!entitled.has(roomNames.orders)) return makeChunk(changes, entitled);
    const chunk = this.chunks.get(changes) ?? makeChunk(changes, entitled);
    this.chunks.set(changes, chunk);
    return chunk;
  }

  /** How many changes follow, as far as this replica knows. */
  private remaining(position: Position): number {
    return distance(position, this.follower.head) ?? 0;
  }

  /** @returns undefined where the feed no longer has them, or never had that position. */
  private async readAfter(position: Position): Promise<readonly PublishedChange[] | undefined> {
    const newest = await this.read(0, 0);
    if (!newest) return [];
    // Before anything is read: a client can make up any position.
    const missed = distance(position, newest.head);
    if (missed === undefined || missed < 0 || missed > this.config.replayLimit) return undefined;
    const { head } = this.follower;
    if (!head || !isSameEpoch(head, position) || head.seq <= position.seq) {
      // The client has heard of it from another replica, before this one has.
      return (await this.follower.reached(position, CATCH_UP_WITHIN_MS)) ? [] : undefined;
    }
    const page = await this.read(position.seq, CHUNK);
    if (!page) return [];
    const [next] = page.changes;
    return next && isSuccessor(next.position, position) ? page.changes : undefined;
  }

  /** @returns undefined, after a pause, where Redis is away. */
  private async read(after: number, limit: number): Promise<FeedPage | undefined> {
    try {
      return await this.feed.read(after, limit);
    } catch {
      await new Promise((resolve) => setTimeout(resolve, RETRY_AFTER_MS));
      return undefined;
    }
  }
}

/** Waits until the client has taken most of what it was sent, or is gone. */
async function drained(socket: Pick<GatewaySocket, 'conn' | 'connected'>): Promise<void> {
  const { conn } = socket;
  while (socket.connected && pendingBytes(conn) > NEARLY_DRAINED_BYTES) await someWritten(conn);
}

function makeChunk(changes: readonly PublishedChange[], entitled: ReadonlySet<string>): Chunk {
  const packets = changes.map((change) => packetsFor(change, entitled)).filter(({ length }) => length > 0);
  return { bundle: new Bundle(packets.flat()), size: packets.length };
}
