import { Module, type DynamicModule } from '@nestjs/common';
import { getConnectionToken, MongooseModule, type MongooseModuleOptions } from '@nestjs/mongoose';
import { type Connection } from 'mongoose';
import { OrdersRepository } from '../orders.repository.js';
import { CLIENT_OPTIONS, Database } from './database.js';
import { MongoOrdersRepository } from './mongo-orders.repository.js';
import { ORDER_MODEL, orderSchema } from './order.document.js';

/** Mongoose options of all our processes. */
export const MONGO_OPTIONS = {
  ...CLIENT_OPTIONS,
  // During an outage, operations fail at once instead of waiting in a queue.
  bufferCommands: false,
  // Building indexes takes long and takes locks, so the operator decides when to run `npm run db:indexes`.
  autoIndex: false,
  autoCreate: false,
} satisfies MongooseModuleOptions;

/** How long the start waits for the database. */
const WAIT_AT_START_SECONDS = 60;

/** `OrdersRepository` on MongoDB. */
@Module({})
export class MongoModule {
  static forRoot(uri: string): DynamicModule {
    return {
      module: MongoModule,
      imports: [
        MongooseModule.forRoot(uri, { ...MONGO_OPTIONS, retryAttempts: WAIT_AT_START_SECONDS, retryDelay: 1_000 }),
        MongooseModule.forFeature([{ name: ORDER_MODEL, schema: orderSchema }]),
      ],
      providers: [
        {
          provide: Database,
          useFactory: (connection: Connection) => new Database(connection, uri),
          inject: [getConnectionToken()],
        },
        { provide: OrdersRepository, useClass: MongoOrdersRepository },
      ],
      exports: [OrdersRepository],
    };
  }
}
