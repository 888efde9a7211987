import { Module, type DynamicModule } from '@nestjs/common';
import { getConnectionToken, getModelToken, MongooseModule } from '@nestjs/mongoose';
import { type Connection, type ConnectOptions, type Model } from 'mongoose';
import { type StoreDurations, type Tracing } from '@galley/runtime';
import { OrdersRepository } from '../orders.repository.js';
import { FeedWitness } from '../feed-witness.js';
import { Turns } from '../turns.js';
import { ConnectionModule } from './connection.module.js';
import { CLIENT_OPTIONS, Database } from './database.js';
import { FEED_MODEL, feedSchema, MongoFeedWitness, type FeedDocument } from './mongo-feed-witness.js';
import { MongoOrdersRepository } from './mongo-orders.repository.js';
import { MongoTurns, TURN_MODEL, turnSchema, type TurnDocument } from './mongo-turns.js';
import { ORDER_MODEL, orderSchema, type OrderDocument } from './order.document.js';

/** Mongoose options of all our processes. */
export const MONGO_OPTIONS = {
  ...CLIENT_OPTIONS,
  // During an outage, operations fail at once instead of waiting in a queue.
  bufferCommands: false,
  // Building indexes takes long and takes locks, so the operator decides when to run `npm run db:indexes`.
  autoIndex: false,
  autoCreate: false,
} satisfies ConnectOptions;

/** How long the start waits for the database. */
const WAIT_AT_START_MS = 60_000;

/** `OrdersRepository`, `FeedWitness` and `Turns` on MongoDB. */
@Module({})
export class MongoModule {
  /**
   * @param options.feedName the name of the feed that the witness remembers
   * @param options.timeZone where an `estimatedDate` without a time ends
   * @param options.durations where it is recorded how long operations take
   * @param options.tracing where spans of commands are recorded
   */
  static forRoot(options: {
    uri: string;
    feedName: string;
    timeZone: string;
    durations: StoreDurations;
    tracing: Tracing;
  }): DynamicModule {
    const { uri, feedName, timeZone, durations, tracing } = options;
    return {
      module: MongoModule,
      imports: [
        ConnectionModule.forRoot(uri, MONGO_OPTIONS, WAIT_AT_START_MS),
        MongooseModule.forFeature([
          { name: ORDER_MODEL, schema: orderSchema },
          { name: FEED_MODEL, schema: feedSchema },
          { name: TURN_MODEL, schema: turnSchema },
        ]),
      ],
      providers: [
        {
          provide: Database,
          useFactory: async (connection: Connection) => {
            const database = new Database(connection, uri, { durations, tracing });
            await database.readClock();
            return database;
          },
          inject: [getConnectionToken()],
        },
        {
          provide: OrdersRepository,
          useFactory: (documents: Model<OrderDocument>, database: Database) =>
            new MongoOrdersRepository(documents, database, timeZone),
          inject: [getModelToken(ORDER_MODEL), Database],
        },
        {
          provide: FeedWitness,
          useFactory: (documents: Model<FeedDocument>, database: Database) =>
            new MongoFeedWitness(documents, database, feedName),
          inject: [getModelToken(FEED_MODEL), Database],
        },
        {
          provide: Turns,
          useFactory: (documents: Model<TurnDocument>, database: Database) => new MongoTurns(documents, database),
          inject: [getModelToken(TURN_MODEL), Database],
        },
      ],
      exports: [OrdersRepository, FeedWitness, Turns],
    };
  }
}
