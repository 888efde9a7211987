import { Logger } from '@nestjs/common';
import { Schema, type Model } from 'mongoose';
import { type Position } from '@galley/contracts';
import { FeedWitness } from '../feed-witness.js';
import { fromSortKey, sortKey } from '../position-sort-key.js';
import { type Database } from './database.js';
import { isDuplicateKey } from './mongo-error.js';

/** One document per feed. */
export interface FeedDocument {
  /** The name of the feed. */
  _id: string;
  /** The newest recorded position, as a text that sorts by age. */
  newest: string;
}

export const FEED_MODEL = 'Feed';

export const feedSchema = new Schema<FeedDocument>(
  { _id: { type: String, required: true }, newest: { type: String, required: true } },
  { collection: 'feeds', versionKey: false, strict: 'throw', strictQuery: 'throw' },
);

/** The witness in MongoDB. A majority acknowledges each record. */
export class MongoFeedWitness extends FeedWitness {
  private readonly logger = new Logger(MongoFeedWitness.name);

  constructor(
    private readonly documents: Model<FeedDocument>,
    private readonly database: Database,
    private readonly feedName: string,
  ) {
    super();
  }

  override async newest(): Promise<Position | undefined> {
    const document = await this.database.answer(() =>
      this.documents.findOne({ _id: this.feedName }).lean<FeedDocument | null>().exec(),
    );
    return positionOf(document);
  }

  override async record(position: Position, known: Position | undefined): Promise<boolean> {
    if (!known) return this.recordFirst(position);
    const { matchedCount } = await this.database.answer(() =>
      this.documents.updateOne({ _id: this.feedName, newest: sortKey(known) }, { $set: { newest: sortKey(position) } }),
    );
    return matchedCount === 1;
  }

  private async recordFirst(position: Position): Promise<boolean> {
    try {
      const before = await this.database.answer(() =>
        this.documents
          .findOneAndUpdate({ _id: this.feedName }, { $setOnInsert: { newest: sortKey(position) } }, { upsert: true })
          .lean<FeedDocument | null>()
          .exec(),
      );
      return !before || (!positionOf(before) && (await this.replace(before, position)));
    } catch (error) {
      // Another replica has inserted the document at the same moment.
      if (isDuplicateKey(error)) return false;
      throw error;
    }
  }

  /** Replaces what is no position. */
  private async replace({ newest }: FeedDocument, position: Position): Promise<boolean> {
    this.logger.error('The newest position of the feed in the database is damaged, and is replaced');
    const { matchedCount } = await this.database.answer(() =>
      // Not through Mongoose, which would convert the damaged value.
      this.documents.collection.updateOne(
        { _id: this.feedName as never, newest },
        { $set: { newest: sortKey(position) } },
      ),
    );
    return matchedCount === 1;
  }
}

const positionOf = (document: FeedDocument | null) =>
  typeof document?.newest === 'string' ? fromSortKey(document.newest) : undefined;
