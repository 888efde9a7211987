import mongoose from 'mongoose';
import { z } from 'zod';
import { readEnvironment, variables } from '@galley/runtime';
import { MONGO_OPTIONS } from './store/mongo/mongo.module.js';
import { ORDER_MODEL, orderSchema } from './store/mongo/order.document.js';

/** `npm run db:indexes` builds the missing indexes. Run it before the first start and with each upgrade. */
try {
  const { MONGODB_URI } = readEnvironment(z.object({ MONGODB_URI: variables.mongodbUri }), process.env);
  const connection = await mongoose.createConnection(MONGODB_URI, MONGO_OPTIONS).asPromise();
  const orders = connection.model(ORDER_MODEL, orderSchema);
  await orders.createIndexes();
  const names = Object.keys(await orders.collection.indexInformation());
  process.stdout.write(`${orders.collection.name}: ${names.join(', ')}\n`);
  await connection.close();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
