import { Module, type DynamicModule } from '@nestjs/common';
import { MongooseModule, type MongooseModuleOptions } from '@nestjs/mongoose';
import { OrdersRepository } from '../orders.repository.js';
import { MongoOrdersRepository } from './mongo-orders.repository.js';
import { ORDER_MODEL, orderSchema } from './order.document.js';

/** How every process of ours connects. */
export const MONGO_OPTIONS = {
  // Below majority, a failover can undo what was acknowledged.
  writeConcern: { w: 'majority' },
  serverSelectionTimeoutMS: 1_500,
  connectTimeoutMS: 1_500,
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
      providers: [{ provide: OrdersRepository, useClass: MongoOrdersRepository }],
      exports: [OrdersRepository],
    };
  }
}
