import { runTool, wholeNumber } from '@galley/runtime';
import { closeAll } from '@galley/testing';
import { measureBoard } from './board-under-load.js';
import { measureFirstSight } from './first-sight.js';
import { measureManyOrders } from './many-orders.js';

const HELP = `npm run bench:board -- [options]: how the board, and one of the SDK's hooks alone, keep up in Chromium

  --orders N    orders on the board   (10000)
  --rate N      changes a second      (200)
  --seconds N   how long              (30)
`;

const OPTIONS = {
  orders: { type: 'string', default: '10000' },
  rate: { type: 'string', default: '200' },
  seconds: { type: 'string', default: '30' },
} as const;

await runTool({ help: HELP, options: OPTIONS }, async (given) => {
  const load = {
    orders: wholeNumber('orders', given.orders),
    changesPerSecond: wholeNumber('rate', given.rate),
    seconds: wholeNumber('seconds', given.seconds),
  };
  try {
    const report = (name: string, result: object) => {
      process.stdout.write(`${name} ${JSON.stringify(result, undefined, 2)}\n`);
    };
    report('columns', await measureBoard(load, 'columns'));
    await closeAll();
    report('list', await measureBoard(load, 'list'));
    await closeAll();
    report('hooks', await measureManyOrders(load));
    await closeAll();
    report('first sight on a slow phone', await measureFirstSight());
  } finally {
    await closeAll();
  }
});
