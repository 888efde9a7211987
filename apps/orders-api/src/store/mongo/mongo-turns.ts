import { Schema, type Model } from 'mongoose';
import { Turns } from '../turns.js';
import { type Database } from './database.js';
import { isDuplicateKey } from './mongo-error.js';

/** One document for each kind of work. */
export interface TurnDocument {
  /** The name of the work. */
  _id: string;
  /** The turn that was taken last. */
  turn: number;
}

export const TURN_MODEL = 'Turn';

export const turnSchema = new Schema<TurnDocument>(
  { _id: { type: String, required: true }, turn: { type: Number, required: true } },
  { collection: 'turns', versionKey: false, strict: 'throw', strictQuery: 'throw' },
);

/** The turns of all replicas on one MongoDB. */
export class MongoTurns extends Turns {
  constructor(
    private readonly documents: Model<TurnDocument>,
    private readonly database: Database,
  ) {
    super();
  }

  override async takeTurn(work: string, turn: number): Promise<boolean> {
    try {
      await this.database.answer(() =>
        // The next turn may be taken already, by the clock of another replica. A later one comes from a clock that was wrong.
        this.documents
          .updateOne({ _id: work, turn: { $nin: [turn, turn + 1] } }, { $set: { turn } }, { upsert: true })
          .exec(),
      );
      return true;
    } catch (error) {
      // The document exists, and its turn is one of the two.
      if (isDuplicateKey(error)) return false;
      throw error;
    }
  }
}
