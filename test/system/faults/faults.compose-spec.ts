import { afterEach, expect, it } from '@jest/globals';
import { ComposeLoad } from '../harness/compose-load.js';
import { containersOf, whileKilled } from '../harness/compose-stack.js';

const KILLED = ['gateway', 'orders-api', 'front', 'redis', 'mongo'];

/** The longest that the test may take, in milliseconds. */
const DEADLINE = 600_000;

let load: ComposeLoad;
afterEach(async () => {
  await load.close();
});

it(
  `the crash of one container of each kind (${KILLED.join(', ')}) under load loses nothing`,
  async () => {
    load = await ComposeLoad.start({ trackers: 100, changesPerSecond: 50 });
    for (const service of KILLED) {
      const [container = ''] = await containersOf(service);
      await whileKilled(container);
    }
    const { violations, counts } = await load.end();
    expect(violations).toEqual([]);
    process.stdout.write(`${counts.writes} writes (${counts.unknown} unknown), ${counts.resyncs} resyncs\n`);
  },
  DEADLINE,
);
