import { runTool, wholeNumber } from '@galley/runtime';
import { closeAll } from '@galley/testing';
import { measureManyOrders } from './many-orders.js';

const HELP = `npm run bench:board -- [options]: how a board of React keeps up in Chromium

  --orders N    orders on the board   (10000)
  --rate N      changes a second      (200)
  --seconds N   how long              (20)
`;

const OPTIONS = {
  orders: { type: 'string', default: '10000' },
  rate: { type: 'string', default: '200' },
  seconds: { type: 'string', default: '20' },
} as const;

await runTool({ help: HELP, options: OPTIONS }, async (given) => {
  const load = {
    orders: wholeNumber('orders', given.orders),
    changesPerSecond: wholeNumber('rate', given.rate),
    seconds: wholeNumber('seconds', given.seconds),
  };
  try {
    process.stdout.write(`${JSON.stringify(await measureManyOrders(load), undefined, 2)}\n`);
  } finally {
    await closeAll();
  }
});
