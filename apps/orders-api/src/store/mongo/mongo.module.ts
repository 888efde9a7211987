import { Module, type DynamicModule } from '@nestjs/common';
import { getConnectionToken, MongooseModule, type MongooseModuleOptions } from '@nestjs/mongoose';
import { type Connection } from 'mongoose';
import { OrdersRepository } from '../orders.repository.js';
import { CLIENT_OPTIONS, Database } from './database.js';
import { MongoOrdersRepository } from './mongo-orders.repository.js';
import { ORDER_MODEL, orderSchema } from './order.document.js';

/** How every process of ours connects through Mongoose. */
export const MONGO_OPTIONS = {
  ...CLIENT_OPTIONS,
  // An outage is answered at once instead of being queued up.
  bufferCommands: false,
  // Indexes take long to build and lock what they need: `npm run db:indexes` does it when its operator says so.
  autoIndex: false,
  autoCreate: false,
} satisfies MongooseModuleOptions;

/** A database that is not there at the start is waited for, in seconds. */
const WAIT_AT_START = 60;

/** `OrdersRepository` on MongoDB. */
@Module({})
export class MongoModule {
  static forRoot(uri: string): DynamicModule {
    return {
      module: MongoModule,
      imports: [
        MongooseModule.forRoot(uri, { ...MONGO_OPTIONS, retryAttempts: WAIT_AT_START, retryDelay: 1_000 }),
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
