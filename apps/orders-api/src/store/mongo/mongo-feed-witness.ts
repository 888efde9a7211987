import { mongo, Schema, type Model } from 'mongoose';
import { type Position } from '@galley/contracts';
import { FeedWitness } from '../feed-witness.js';
import { fromSortKey, sortKey } from '../position-sort-key.js';
import { type Database } from './database.js';

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

const DUPLICATE_KEY = 11_000;

/** The witness in MongoDB. A majority acknowledges each record. */
export class MongoFeedWitness extends FeedWitness {
  constructor(
    private readonly documents: Model<FeedDocument>,
    private readonly database: Database,
    private readonly feedName: string,
  ) {
    super();
  }

  override async newest(): Promise<Position | undefined> {
    const document = await this.database.answer(() =>
      this.documents.findOne({ _id: this.feedName }).lean<FeedDocument>().exec(),
    );
    return document ? fromSortKey(document.newest) : undefined;
  }

  override async record(position: Position): Promise<Position | undefined> {
    try {
      const before = await this.database.answer(() =>
        this.documents
          .findOneAndUpdate({ _id: this.feedName }, { $max: { newest: sortKey(position) } }, { upsert: true })
          .lean<FeedDocument | null>()
          .exec(),
      );
      return before ? fromSortKey(before.newest) : undefined;
    } catch (error) {
      // Another replica has inserted the document at the same moment.
      if (error instanceof mongo.MongoServerError && error.code === DUPLICATE_KEY) return this.record(position);
      throw error;
    }
  }
}
