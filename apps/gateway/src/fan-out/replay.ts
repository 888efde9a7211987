import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { keyOf } from '@galley/access';
import { addressKey } from '@galley/http';
import { FeedReader } from '@galley/change-feed';
import {
  distance,
  formatPosition,
  isSameEpoch,
  isSamePosition,
  rooms as roomNames,
  type Position,
} from '@galley/contracts';
import { type Subscriber } from '../connections/subscriber.js';
import { type WireEvent } from '../connections/wire-event.js';
import { ByteCache } from '../feed/byte-cache.js';
import { FeedFollower } from '../feed/feed-follower.js';
import { CHANGES_PER_PAGE, LogPages, pageOf, type LogPage } from '../feed/log-pages.js';
import { type Segment } from '../feed/segment.js';
import { GATEWAY_CONFIG, type GatewayConfig } from '../gateway.config.js';
import { Bundle } from './bundle.js';
import { eventsFor } from './change-events.js';
import { FramedPage, type PageKind } from './framed-page.js';
import { Turns } from './turns.js';

/** The pause before the next attempt while Redis is away. */
const RETRY_AFTER_MS = 200;

/** A client gets the next chunk when no more than this is left of the last one. */
const NEARLY_DRAINED_BYTES = 64 * 1024;

/**
 * A chunk for one client ends with the change that makes it this long. Nobody shares its memory, and one user may have many
 * clients that take nothing.
 */
const MAX_OWN_CHUNK_BYTES = 64 * 1024;

/** How long a client waits for this replica to catch up with it, or for Redis to answer. */
const CATCH_UP_WITHIN_MS = 5_000;

/** How much memory the framed pages take that are kept for other clients. */
const KEPT_FRAMED_BYTES = 8 * 1024 * 1024;

export interface Replayed {
  /** Whether everything since the client's position was sent. */
  recovered: boolean;
  replayed: number;
}

/** A client that is sent what it missed. */
interface Returning {
  readonly subscriber: Subscriber;
  /** Only changes for these rooms are sent. */
  readonly rooms: ReadonlySet<string>;
  /** It has got everything up to here. */
  cursor: Position;
  /** How many changes it was sent. */
  replayed: number;
}

/**
 * - `sent`: it has got some changes, or there were none for it up to its new cursor
 * - `live`: it has got all of them
 * - `absent`: what it needs is not in memory
 * - `away`: the log, which has it, cannot be read now
 * - `ahead`: it has got changes that this replica has not delivered yet
 * - `lost`: what it missed cannot be sent
 */
type Step = 'sent' | 'live' | 'absent' | 'away' | 'ahead' | 'lost';

/**
 * Sends a client the changes that it missed, from memory if possible, otherwise from the log. It is sent a chunk at a time,
 * and the chunks of all clients take turns.
 */
@Injectable()
export class Replay {
  private readonly turns = new Turns();
  private readonly pages: LogPages;
  private readonly framed = new ByteCache<FramedPage>(KEPT_FRAMED_BYTES);

  constructor(
    private readonly follower: FeedFollower,
    feed: FeedReader,
    @Inject(GATEWAY_CONFIG) private readonly config: Pick<GatewayConfig, 'replayLimit'>,
  ) {
    this.pages = new LogPages(feed);
    follower.listen({
      onGap: () => {
        this.pages.clear();
        this.framed.clear();
      },
    });
  }

  /**
   * @param rooms only changes for these rooms are sent
   * @param goLive called in the same turn of the event loop in which the last change is sent, so that none is missed
   */
  async send(
    subscriber: Subscriber,
    since: Position | undefined,
    rooms: readonly string[],
    goLive: (result: Replayed) => void,
  ): Promise<void> {
    if (!since) {
      goLive({ recovered: false, replayed: 0 });
      return;
    }
    const client: Returning = { subscriber, rooms: new Set(rooms), cursor: since, replayed: 0 };
    const goLiveRecovered = () => {
      goLive({ recovered: true, replayed: client.replayed });
    };
    let step: Step;
    do {
      step = await this.inTurn(client, () => this.sendFromMemory(client, goLiveRecovered));
      if (step === 'absent') step = await this.sendFromLog(client);
      if (step === 'ahead') step = await this.waitForReplica(client);
      if (step === 'sent') await drained(subscriber);
    } while (step === 'sent');
    if (step === 'lost') goLive({ recovered: false, replayed: client.replayed });
  }

  /** All connections of a user have turns together. In open mode everybody is the same user, so an address counts instead. */
  private inTurn<T>({ subscriber }: Returning, slice: () => T): Promise<T> {
    const { principal, remoteAddress } = subscriber;
    const owner = principal.role === 'anonymous' ? addressKey(remoteAddress) : keyOf(principal);
    return this.turns.run(owner, slice);
  }

  private sendFromMemory(client: Returning, goLive: () => void): Step {
    if (!client.subscriber.isConnected || this.isTooMuch(client, this.follower.head)) return 'lost';
    if (this.isUpToDate(client)) {
      goLive();
      return 'live';
    }
    const segment = this.segmentInMemory(client.cursor);
    if (!segment) return 'absent';
    this.sendChunk(client, segment);
    if (!this.isUpToDate(client)) return 'sent';
    goLive();
    return 'live';
  }

  private segmentInMemory(position: Position): Segment | undefined {
    const recent = this.follower.recent.segmentAfter(position);
    return recent ?? (this.isAhead(position) ? undefined : this.pages.keptAfter(position));
  }

  private async sendFromLog(client: Returning): Promise<Step> {
    const giveUpAt = performance.now() + CATCH_UP_WITHIN_MS;
    for (;;) {
      const step = await this.pages.read(client.cursor, (page) =>
        this.inTurn(client, () => (page ? this.sendPage(client, page) : 'away')),
      );
      if (step !== 'away') return step;
      if (performance.now() >= giveUpAt) return 'lost';
      await delay(RETRY_AFTER_MS);
    }
  }

  private sendPage(client: Returning, { continuity, head, segment }: LogPage): Step {
    if (!client.subscriber.isConnected || continuity !== 'kept' || this.isTooMuch(client, head)) return 'lost';
    if (!segment || this.isAhead(client.cursor)) return 'ahead';
    this.sendChunk(client, segment);
    return 'sent';
  }

  /** The client has received its last change from another replica, before this one has. */
  private async waitForReplica({ cursor }: Returning): Promise<Step> {
    return (await this.follower.reached(cursor, CATCH_UP_WITHIN_MS)) ? 'sent' : 'lost';
  }

  /** @param segment goes on after the cursor of the client */
  private sendChunk(client: Returning, segment: Segment): void {
    if (client.rooms.has(roomNames.orders)) this.sendAll(client, segment);
    else this.sendOwn(client, segment);
  }

  private sendAll(client: Returning, segment: Segment): void {
    const page = this.framedPage(segment, client.cursor.seq, client.subscriber);
    const rest = page.restAfter(client.cursor.seq);
    client.subscriber.send(rest);
    client.replayed += rest.changes;
    client.cursor = page.last;
  }

  private sendOwn(client: Returning, segment: Segment): void {
    const events: WireEvent[] = [];
    let bytes = 0;
    let upTo = segment.last;
    let found = 0;
    for (const change of segment.find(client.rooms, client.cursor.seq, CHANGES_PER_PAGE)) {
      const own = eventsFor(change, client.rooms, client.subscriber.variant);
      if (own.length > 0) client.replayed++;
      events.push(...own);
      for (const { data } of own) bytes += data.length;
      if (++found === CHANGES_PER_PAGE || bytes >= MAX_OWN_CHUNK_BYTES) {
        upTo = change.position;
        break;
      }
    }
    if (events.length > 0) client.subscriber.send(new Bundle(events));
    client.cursor = upTo;
  }

  /** The page with the change after this place. Pages end at the same changes for every client. */
  private framedPage(segment: Segment, seq: number, kind: PageKind): FramedPage {
    const start = pageOf({ seq }) * CHANGES_PER_PAGE;
    const after = Math.max(start, segment.before.seq);
    const upTo = Math.min(start + CHANGES_PER_PAGE, segment.last.seq);
    const last = segment.positionAt(upTo);
    const key = `${kind.variant} ${kind.encoding} ${after} ${formatPosition(last)}`;
    const kept = this.framed.get(key);
    if (kept) return kept;
    const page = new FramedPage(after, last, segment.between(after, upTo), kind);
    this.framed.set(key, page);
    return page;
  }

  private isTooMuch({ cursor, replayed }: Returning, head: Position | undefined): boolean {
    return (distance(cursor, head) ?? 0) + replayed > this.config.replayLimit;
  }

  private isUpToDate({ cursor }: Returning): boolean {
    return isSamePosition(cursor, this.follower.head);
  }

  /** Whether this replica has not delivered the change at this position yet. */
  private isAhead(position: Position): boolean {
    const { head } = this.follower;
    return !head || !isSameEpoch(head, position) || head.seq <= position.seq;
  }
}

/** Waits until the client has taken most of what it was sent, or is gone. */
async function drained(subscriber: Subscriber): Promise<void> {
  while (subscriber.isConnected && subscriber.pendingBytes > NEARLY_DRAINED_BYTES) await subscriber.someWritten();
}
