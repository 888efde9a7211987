import { z } from 'zod';
import { readEnvironment, runTool, variables, wholeNumber } from '@galley/runtime';
import { timeZoneVariable } from './orders-api.config.js';
import { fillDerivedFields } from './store/mongo/fill-derived-fields.js';
import { MONGO_OPTIONS } from './store/mongo/mongo.module.js';
import { openConnection } from './store/mongo/open-connection.js';
import { ORDER_MODEL, orderSchema, type OrderDocument } from './store/mongo/order.document.js';

const HELP = `MONGODB_URI=mongodb://localhost:27017/galley npm run db:indexes -- [--wait SECONDS]

Builds the missing indexes, and fills what lists are found by in orders that earlier versions have stored. Run it before
the first start, with each upgrade, and again once no API of the version before runs any more. TIME_ZONE must be that of
the orders API. It may be stopped and started again at any time. With --wait it tries again for so long while the database does
not answer.
`;

const OPTIONS = { wait: { type: 'string', default: '0' } } as const;

const environment = z.object({ MONGODB_URI: variables.mongodbUri, TIME_ZONE: timeZoneVariable });

await runTool({ help: HELP, options: OPTIONS }, async ({ wait }) => {
  const waitMs = wholeNumber('wait', wait, 0) * 1_000;
  const { MONGODB_URI, TIME_ZONE } = readEnvironment(environment, process.env);
  const connection = await openConnection(MONGODB_URI, MONGO_OPTIONS, waitMs);
  const orders = connection.model<OrderDocument>(ORDER_MODEL, orderSchema);
  await orders.createIndexes();
  const names = Object.keys(await orders.collection.indexInformation());
  process.stdout.write(`${orders.collection.name}: ${names.join(', ')}\n`);
  process.stdout.write(`Orders that were filled: ${await fillDerivedFields(orders, TIME_ZONE)}\n`);
  await connection.close();
});
