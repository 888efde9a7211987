import { Injectable } from '@nestjs/common';
import { ChangeFeed } from '@galley/change-feed';
import { formatPosition, isSameEpoch, type Position } from '@galley/contracts';
import { FeedWitness } from '../store/feed-witness.js';

/** How long a position is told. An older one is as true, and makes a client hear some changes again. */
const KEEP_MS = 100;

/** How long an answer waits for a position. Without one it is as good. */
const WAIT_MS = 100;

/**
 * The position that answers carry as `Galley-Position`: every change up to it is in the answer, if it is asked for before
 * the store is read.
 *
 * It comes from the witness, which the store itself keeps. The changes up to there were committed by a majority before they
 * were published, and published before the witness recorded it. So a member of a replica set that has the record has these
 * changes too, even one that has been deposed and does not know it yet. What Redis knows is only used to tell whether the
 * record is of the present epoch.
 */
@Injectable()
export class AnswerPosition {
  private newest?: { askedAtMs: number; position: Promise<string | undefined> };

  constructor(
    private readonly feed: ChangeFeed,
    private readonly witness: FeedWitness,
  ) {}

  /** @returns undefined while Redis or the store is away */
  current(): Promise<string | undefined> {
    const nowMs = performance.now();
    if (!this.newest || nowMs - this.newest.askedAtMs > KEEP_MS) {
      const silence = new Promise<undefined>((resolve) => {
        setTimeout(resolve, WAIT_MS, undefined).unref();
      });
      this.newest = { askedAtMs: nowMs, position: Promise.race([this.ask().catch(() => undefined), silence]) };
    }
    return this.newest.position;
  }

  private async ask(): Promise<string | undefined> {
    const [head, witnessed] = await Promise.all([this.feed.head(), this.witness.newest()]);
    const position = isSameEpoch(head, witnessed) ? witnessed : startOf(head);
    return position && formatPosition(position);
  }
}

/** Nothing is before the first change of an epoch, so nothing is missing from an answer. */
const startOf = (head: Position | undefined) => (head?.seq === 0 ? head : undefined);
