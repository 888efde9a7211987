import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { ChangeFeed, type FeedPage, type PublishedChange } from '@galley/change-feed';
import { rooms as roomNames, type Position } from '@galley/contracts';
import { pendingBytes, someWritten } from '../connections/internals.js';
import { Bundle } from '../fan-out/bundle.js';
import { packetsFor } from '../fan-out/deliveries.js';
import { FanOutGateway } from '../fan-out/fan-out.gateway.js';
import { GATEWAY_CONFIG, type GatewayConfig } from '../gateway.config.js';
import { type Client } from './client.js';

/** Changes sent at once; then the client has to have taken them. */
const CHUNK = 100;

/** Pauses while Redis is away, in milliseconds. */
const RETRY_AFTER = 200;

/** Bytes that a client may have left of one chunk when it gets the next. */
const NEARLY_DRAINED = 64 * 1024;

/** How long a client that is ahead of this replica waits for it to catch up, in milliseconds. */
const CATCH_UP_WITHIN = 5_000;

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
  /** Of the clients that get everything, and so the same. */
  private readonly chunks = new WeakMap<readonly PublishedChange[], Chunk>();

  constructor(
    private readonly fanOut: FanOutGateway,
    private readonly feed: ChangeFeed,
    @Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig,
  ) {}

  /**
   * @param rooms only what goes to these is sent
   * @param goLive called in the same breath as the last change is sent, so that nothing comes in between
   */
  async send(
    client: Client,
    since: Position | undefined,
    rooms: readonly string[],
    goLive: (result: Replayed) => void,
  ): Promise<void> {
    const entitled = new Set(rooms);
    let replayed = 0;
    let cursor = since;
    while (cursor && client.connected) {
      // In chunks that end at the same changes for everybody, and so are made once.
      const recent = this.fanOut.recent.after(cursor, CHUNK - (cursor.seq % CHUNK));
      const changes = recent ?? (await this.readAfter(cursor));
      if (!changes || this.remaining(cursor) + replayed > this.config.replayLimit) break;
      const chunk = this.chunkOf(changes, entitled);
      chunk.bundle.sendTo(client.conn);
      replayed += chunk.size;
      cursor = changes.at(-1)?.position ?? cursor;
      if (recent && cursor.seq === this.fanOut.recent.head?.seq) {
        goLive({ recovered: true, replayed });
        return;
      }
      await drained(client);
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
  private remaining({ epoch, seq }: Position): number {
    const { head } = this.fanOut.recent;
    return head?.epoch === epoch ? head.seq - seq : 0;
  }

  /** @returns undefined where the feed no longer has them, or never had that position. */
  private async readAfter(position: Position): Promise<readonly PublishedChange[] | undefined> {
    const newest = await this.read(0, 0);
    if (!newest) return [];
    const { head } = newest;
    // Before anything is read: a position costs nothing to make up.
    if (head?.epoch !== position.epoch || head.seq < position.seq) return undefined;
    if (head.seq - position.seq > this.config.replayLimit) return undefined;
    const known = this.fanOut.recent.head;
    if (known?.epoch !== position.epoch || known.seq <= position.seq) {
      // The client has heard of it elsewhere, before this replica has.
      return (await this.fanOut.reached(position, CATCH_UP_WITHIN)) ? [] : undefined;
    }
    const page = await this.read(position.seq, CHUNK);
    if (!page) return [];
    const [next] = page.changes;
    const isNext = next?.position.epoch === position.epoch && next.position.seq === position.seq + 1;
    return isNext ? page.changes : undefined;
  }

  /** @returns undefined, after a pause, where Redis is away. */
  private async read(after: number, limit: number): Promise<FeedPage | undefined> {
    try {
      return await this.feed.read(after, limit);
    } catch {
      await delay(RETRY_AFTER);
      return undefined;
    }
  }
}

/** Waits until the client has taken most of what it was sent, or is gone. */
async function drained(client: Client): Promise<void> {
  while (client.connected && pendingBytes(client.conn) > NEARLY_DRAINED) await someWritten(client.conn);
}

function makeChunk(changes: readonly PublishedChange[], entitled: ReadonlySet<string>): Chunk {
  const packets = changes.map((change) => packetsFor(change, entitled)).filter(({ length }) => length > 0);
  return { bundle: new Bundle(packets.flat()), size: packets.length };
}
