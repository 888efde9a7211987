import { afterEach, describe, expect, it } from '@jest/globals';
import { checkRun, type Run, Workload } from '@galley/verification';
import { containersOf, GALLEY_TOKEN, GALLEY_URL, whileKilled, whileStopped } from '../harness/compose-stack.js';

const CHANGES_A_SECOND = 50;
const ORDERS = 200;
/** Clients that get every change, and readers of `GET /changes` that do. */
const BOARDS = 10;
const STREAMS = 5;
const TRACKERS = { rollout: 1_000, kills: 100 };

const KILLED = ['gateway', 'orders-api', 'front', 'redis', 'mongo'];

/** The longest that one test may take, in milliseconds. */
const DEADLINE = 600_000;

describe('under load', () => {
  let workload: Workload;
  let seed = 1;

  /** Connects boards and trackers, and changes orders until `happens` ends. @returns the record of the run */
  async function record(trackers: number, happens: () => Promise<void>): Promise<Run> {
    workload = new Workload({
      ...{ apiUrls: [GALLEY_URL], gatewayUrls: [GALLEY_URL], token: GALLEY_TOKEN },
      ...{ clients: BOARDS, streams: STREAMS, orders: ORDERS, concurrency: 16, seed: seed++, settleWithinMs: 60_000 },
    });
    await workload.connect();
    await workload.writers.run(5 * ORDERS, 2 * CHANGES_A_SECOND); // makes the orders
    await workload.connectTrackers(trackers);
    const over = new AbortController();
    const write = async () => {
      while (!over.signal.aborted) await workload.writers.run(CHANGES_A_SECOND, CHANGES_A_SECOND);
    };
    await Promise.all([
      happens().finally(() => {
        over.abort();
      }),
      write(),
    ]);
    return workload.finish();
  }
  afterEach(async () => {
    workload.close();
    await workload.removeOrders();
  });

  it(
    'a rollout of all gateways and APIs loses no change, fails no request, kills no process and spreads the clients',
    async () => {
      const exitCodes: number[] = [];
      const replace = async (service: string) => {
        for (const container of await containersOf(service)) exitCodes.push(await whileStopped(container));
      };
      const run = await record(TRACKERS.rollout, async () => {
        await replace('gateway');
        await replace('orders-api');
      });
      const { violations, counts } = checkRun(run);
      expect(violations).toEqual([]);
      expect([counts.resyncs, counts.unknown]).toEqual([0, 0]);
      const ending = run.writes.filter(
        (write) => write.type === 'deleted' || (write.type === 'updated' && write.closed),
      );
      const ended = new Set(ending.map(({ orderId }) => orderId));
      expect(
        run.writes.filter(({ type, outcome, orderId }) => {
          // A change to what the order already is asks for a revision, which another writer may have ended.
          return outcome === 'failed' && type !== 'unchanged' && !ended.has(orderId);
        }),
      ).toEqual([]);
      expect(exitCodes.filter((code) => code !== 0)).toEqual([]);

      const cameBack = workload.clients.flatMap(({ connectedAt }) => connectedAt.slice(1)).sort((a, b) => a - b);
      expect(cameBack.length).toBeGreaterThanOrEqual(workload.clients.length);
      const bySecond = countBySecond(cameBack);
      const average = cameBack.length / bySecond.length;
      process.stdout.write(
        `${counts.writes} writes, ${counts.changesDelivered} changes delivered to ${workload.clients.length} clients; ` +
          `${cameBack.length} reconnects in ${bySecond.length} s, ${Math.max(...bySecond)} in the busiest, ` +
          `${average.toFixed(1)} on average\n`,
      );
      expect(Math.max(...bySecond)).toBeLessThanOrEqual(3 * average);
    },
    DEADLINE,
  );

  it(
    `the crash of one container of each kind (${KILLED.join(', ')}) loses nothing`,
    async () => {
      const run = await record(TRACKERS.kills, async () => {
        for (const service of KILLED) {
          const [container = ''] = await containersOf(service);
          await whileKilled(container);
        }
      });
      const { violations, counts } = checkRun(run);
      expect(violations).toEqual([]);
      process.stdout.write(`${counts.writes} writes (${counts.unknown} unknown), ${counts.resyncs} resyncs\n`);
    },
    DEADLINE,
  );
});

/** Counts moments, given earliest first, for each second from the first to the last. */
function countBySecond(moments: readonly number[]): number[] {
  const [first = 0] = moments;
  const secondOf = (moment: number) => Math.floor((moment - first) / 1_000);
  const counts = new Array<number>(secondOf(moments.at(-1) ?? first) + 1).fill(0);
  for (const moment of moments) counts[secondOf(moment)] = (counts[secondOf(moment)] ?? 0) + 1;
  return counts;
}
