import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { FeedReader, type FeedPage, type PublishedChange } from '@galley/change-feed';
import { distance, isSameEpoch, isSamePosition, rooms as roomNames, type Position } from '@galley/contracts';
import { pendingBytes, someWritten } from '../connections/engine-internals.js';
import { type GatewaySocket } from '../connections/gateway-socket.js';
import { FeedFollower } from '../feed/feed-follower.js';
import { GATEWAY_CONFIG, type GatewayConfig } from '../gateway.config.js';
import { Bundle } from './bundle.js';
import { packetsFor } from './change-packets.js';

/** How many changes are sent before the client has to take them. */
const CHUNK = 100;

/** The pause before the next attempt while Redis is away. */
const RETRY_AFTER_MS = 200;

/** A client gets the next chunk when no more than this is left of the last one. */
const NEARLY_DRAINED_BYTES = 64 * 1024;

/** How long a client waits for this replica to catch up with it, or for Redis to answer. */
const CATCH_UP_WITHIN_MS = 5_000;

export interface Replayed {
  /** Whether everything since the client's position was sent. */
  recovered: boolean;
  replayed: number;
}

interface Chunk {
  bundle: Bundle;
  /** How many of the changes are for the client. */
  size: number;
}

/** Sends a client the changes that it missed, from the recent changes if possible, otherwise from the feed. */
@Injectable()
export class Replay {
  /** Chunks for clients that get every change, and therefore all get the same. */
  private readonly chunks = new WeakMap<readonly PublishedChange[], Chunk>();

  constructor(
    private readonly follower: FeedFollower,
    private readonly feed: FeedReader,
    @Inject(GATEWAY_CONFIG) private readonly config: Pick<GatewayConfig, 'replayLimit'>,
  ) {}

  /**
   * @param rooms only changes for these rooms are sent
   * @param goLive called in the same turn of the event loop in which the last change is sent, so that none is missed
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
      // Chunks end at the same changes for every client, so that each chunk is encoded once.
      const recent = this.follower.recent.after(cursor, CHUNK - (cursor.seq % CHUNK));
      const changes = recent ?? (await this.readAfter(cursor));
      if (!changes || this.remaining(cursor) + replayed > this.config.replayLimit) break;
      const chunk = this.chunkOf(changes, entitled);
      chunk.bundle.sendTo(socket.conn);
      replayed += chunk.size;
      cursor = changes.at(-1)?.position ?? cursor;
      if (recent && isSamePosition(cursor, this.follower.head)) {
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

  /** How many changes follow this position, as far as this replica knows. */
  private remaining(position: Position): number {
    return distance(position, this.follower.head) ?? 0;
  }

  /** @returns undefined if the feed no longer has the changes, or never had that position */
  private async readAfter(position: Position): Promise<readonly PublishedChange[] | undefined> {
    const page = await this.read(position);
    if (!page) return undefined;
    const { head, continuity, changes } = page;
    if (continuity !== 'kept' || (distance(position, head) ?? 0) > this.config.replayLimit) return undefined;
    if (!this.isAhead(position)) return changes;
    // The client has received this change from another replica, before this one has.
    return (await this.follower.reached(position, CATCH_UP_WITHIN_MS)) ? [] : undefined;
  }

  /** Whether this replica has not delivered the change at this position yet. */
  private isAhead(position: Position): boolean {
    const { head } = this.follower;
    return !head || !isSameEpoch(head, position) || head.seq <= position.seq;
  }

  /** @returns undefined if Redis is away for so long that the client had better fetch its orders */
  private async read(position: Position): Promise<FeedPage | undefined> {
    const giveUpAt = performance.now() + CATCH_UP_WITHIN_MS;
    for (;;) {
      try {
        return await this.feed.read(position, CHUNK);
      } catch {
        if (performance.now() >= giveUpAt) return undefined;
        await delay(RETRY_AFTER_MS);
      }
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
