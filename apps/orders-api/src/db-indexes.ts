import { z } from 'zod';
import { readEnvironment, runTool, variables } from '@galley/runtime';
import { MONGO_OPTIONS } from './store/mongo/mongo.module.js';
import { openConnection } from './store/mongo/open-connection.js';
import { ORDER_MODEL, orderSchema } from './store/mongo/order.document.js';

const HELP = `MONGODB_URI=mongodb://localhost:27017/galley npm run db:indexes

Builds the missing indexes. Run it before the first start and with each upgrade.
`;

await runTool({ help: HELP, options: {} }, async () => {
  const { MONGODB_URI } = readEnvironment(z.object({ MONGODB_URI: variables.mongodbUri }), process.env);
  const connection = await openConnection(MONGODB_URI, MONGO_OPTIONS, 0);
  const orders = connection.model(ORDER_MODEL, orderSchema);
  await orders.createIndexes();
  const names = Object.keys(await orders.collection.indexInformation());
  process.stdout.write(`${orders.collection.name}: ${names.join(', ')}\n`);
  await connection.close();
});
