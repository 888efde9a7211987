import { Database } from '../../src/store/mongo/database.js';
import { MongoOrdersRepository } from '../../src/store/mongo/mongo-orders.repository.js';
import { ORDER_MODEL, orderSchema, type OrderDocument } from '../../src/store/mongo/order.document.js';
import { type MongoOfFile } from './mongo-of-file.js';

let databases = 0;

/** Opens an empty repository with its indexes, in a database of its own. */
export async function openRepository(mongo: MongoOfFile) {
  const database = mongo.connection.useDb(`galley-test-${process.pid}-${++databases}`);
  const documents = database.model<OrderDocument>(ORDER_MODEL, orderSchema);
  await documents.createIndexes();
  return {
    documents,
    orders: new MongoOrdersRepository(documents, new Database(mongo.connection, mongo.service.url)),
    close: () => database.dropDatabase(),
  };
}
