import { connectMany } from '@galley/verification';
import { sleep, until } from '../load/clock.js';
import {
  clientOptions,
  connectPublisher,
  gatewayOf,
  newOrder,
  type Figure,
  type LoadContext,
} from '../load/context.js';
import { Latencies } from '../load/latencies.js';
import { openLoop } from '../load/open-loop.js';
import { cpuSeconds } from '../load/process-usage.js';

const CLIENTS = 1_000;
const BURST = 20;
const SINGLES_A_SECOND = 60;

/** Bursts a second, such that nobody is near the limit: what is compared is the work for each delivery. */
const BURSTS_A_SECOND = { ours: 5, stock: 1, floor: 5 };

/** 1,000 sockets that hear of every new order: bursts, then one change at a time. */
export async function fanOut(context: LoadContext): Promise<Figure[]> {
  const { pid } = gatewayOf(context);
  const latencies = new Latencies();
  const { onEvent } = latencies;
  await connectMany(CLIENTS, () => ({ ...clientOptions(context), onEvent }));
  const publisher = await connectPublisher(context);
  const publishNew = (count: number, dueAt: number) =>
    void publisher.publish(Array.from({ length: count }, () => newOrder(dueAt)));
  /** @returns what was delivered of what was sent, for how many seconds of CPU. */
  const phase = async (changes: number, perSecond: number, seconds: number) => {
    latencies.clear();
    const cpuBefore = cpuSeconds(pid);
    const times = await openLoop(perSecond, seconds, (dueAt) => {
      publishNew(changes, dueAt);
    });
    const expected = times * changes * CLIENTS;
    const valid = await until(() => latencies.count >= expected, 20_000);
    await sleep(100); // whatever is delivered twice comes now
    const cpu = cpuSeconds(pid) - cpuBefore;
    return {
      delivered: latencies.count,
      valid: valid && latencies.count === expected,
      cpu,
      p99: latencies.quantile(0.99),
    };
  };
  await phase(BURST, BURSTS_A_SECOND[context.system], 2); // warm
  const seconds = context.quick ? 4 : 15;
  const burst = await phase(BURST, BURSTS_A_SECOND[context.system], seconds);
  const single = await phase(1, SINGLES_A_SECOND, seconds);
  return [
    {
      ...{ name: 'fanout-burst', unit: 'deliveries per CPU-second', better: 'higher', valid: burst.valid },
      value: burst.delivered / burst.cpu,
      detail: `p99 ${burst.p99.toFixed(1)} ms`,
    },
    {
      ...{ name: 'fanout-single', unit: 'ms at p99', better: 'lower', valid: single.valid, value: single.p99 },
      detail: `${Math.round((100 * single.cpu) / seconds)} % of a core`,
    },
  ];
}
