import { connectClients } from '../load/clients.js';
import { sleep, until } from '../load/clock.js';
import { connectPublisher, type Figure, type LoadContext } from '../load/context.js';
import { Latencies } from '../load/latencies.js';
import { openLoop } from '../load/open-loop.js';
import { type BenchChange } from '../load/publishers.js';
import { describeUsage, measureUsage } from '../load/usage.js';

const CLIENTS = 10_000;
const TICKS_A_SECOND = 200;
const FIRST_RATE = 4_000;
const GROWTH = 2;
/** How near the limit is known: as the ratio of the least rate that was too much to the most that was not. */
const PRECISION = { full: 1.05, quick: 1.3 };
const P99_BELOW = 50;

/** Each of 10,000 sockets hears of its own order only: how many changes a second keep their p99 below 50 ms. */
export async function targeted(context: LoadContext): Promise<Figure[]> {
  const latencies = new Latencies();
  const { onEvent } = latencies;
  const idOf = (i: number) => `order-${i}`;
  await connectClients(context, CLIENTS, (i) => ({ orderId: idOf(i), onEvent }));
  const publisher = await connectPublisher(context);
  const revisions = new Uint32Array(CLIENTS).fill(1);
  const changes = (count: number, dueAt: number) =>
    Array.from({ length: count }, (): BenchChange => {
      const i = Math.floor(Math.random() * CLIENTS);
      const revision = (revisions[i] ?? 0) + 1;
      revisions[i] = revision;
      return { orderId: idOf(i), revision, dueAt };
    });
  const step = async (rate: number, seconds: number) => {
    latencies.clear();
    const measured = measureUsage(context);
    const perTick = Math.round(rate / TICKS_A_SECOND);
    const ticks = await openLoop(TICKS_A_SECOND, seconds, (dueAt) => void publisher.publish(changes(perTick, dueAt)));
    const complete = await until(() => latencies.count >= ticks * perTick, 10_000);
    const usage = measured();
    const valid = complete && latencies.count === ticks * perTick;
    const p99 = latencies.quantile(0.99);
    await sleep(200);
    return { valid, sustained: valid && p99 < P99_BELOW, rate: perTick * TICKS_A_SECOND, p99, usage };
  };
  await step(FIRST_RATE / 2, 1); // warm
  const seconds = context.quick ? 1.5 : 5;
  /** A hiccup of the machine is no limit: it has two tries. */
  const tryStep = async (rate: number) => {
    const first = await step(rate, seconds);
    return first.sustained ? first : step(rate, seconds);
  };
  let best = await tryStep(FIRST_RATE);
  let worst = best;
  while (worst.sustained) {
    best = worst;
    worst = await tryStep(best.rate * GROWTH);
  }
  const precision = context.quick ? PRECISION.quick : PRECISION.full;
  while (best.sustained && worst.rate / best.rate > precision) {
    const between = await tryStep(Math.sqrt(best.rate * worst.rate));
    if (between.sustained) best = between;
    else worst = between;
  }
  return [
    {
      ...{ name: 'targeted', unit: 'changes/s with p99 below 50 ms', better: 'higher', valid: best.valid },
      ...{ value: best.sustained ? best.rate : 0, usage: best.usage },
      detail: `p99 ${best.p99.toFixed(1)} ms; ${worst.rate}/s: p99 ${worst.p99.toFixed(0)} ms, ${describeUsage(worst.usage)}`,
    },
  ];
}
