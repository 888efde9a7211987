import { type OnEvent } from '@galley/verification';
import { connectClients } from '../load/clients.js';
import { sleep, until } from '../load/clock.js';
import { connectPublisher, gatewayOf, newOrder, type Figure, type LoadContext } from '../load/context.js';
import { Latencies } from '../load/latencies.js';
import { openLoop } from '../load/open-loop.js';
import { StreamReader } from '../load/stream-reader.js';
import { measureUsage, type Usage } from '../load/usage.js';

const CLIENTS = 1_000;
const BURST = 20;
const SINGLES_A_SECOND = 60;

/** Bursts a second, such that nobody is near the limit: what is compared is the work for each delivery. */
const BURSTS_A_SECOND = { ours: 5, stock: 1, floor: 5, centrifugo: 5 };

/** What was delivered in a while, and what it cost. */
interface Phase {
  /** Delivered events. */
  delivered: number;
  valid: boolean;
  usage: Usage;
  /** Milliseconds. */
  p99: number;
}

/** 1,000 sockets that hear of every new order: bursts, then one change at a time. */
export async function fanOut(context: LoadContext): Promise<Figure[]> {
  const phase = await prepare(context, (onEvent) => connectClients(context, CLIENTS, () => ({ onEvent })));
  const seconds = secondsOf(context);
  const burst = await phase(BURST, BURSTS_A_SECOND[context.system], seconds);
  const single = await phase(1, SINGLES_A_SECOND, seconds);
  return [
    burstFigure('fanout-burst', burst),
    {
      ...{ name: 'fanout-single', unit: 'ms at p99', better: 'lower', valid: single.valid, value: single.p99 },
      usage: single.usage,
    },
  ];
}

/** 1,000 readers of Server-Sent Events that get the same bursts. */
export async function fanOutStreams(context: LoadContext): Promise<Figure[]> {
  const { url } = gatewayOf(context);
  const phase = await prepare(context, (onEvent) =>
    Promise.all(Array.from({ length: CLIENTS }, () => StreamReader.open({ url, token: context.token, onEvent }))),
  );
  return [burstFigure('fanout-burst-sse', await phase(BURST, BURSTS_A_SECOND.ours, secondsOf(context)))];
}

const secondsOf = ({ quick }: LoadContext) => (quick ? 4 : 15);

const burstFigure = (name: string, { delivered, valid, usage, p99 }: Phase): Figure => ({
  ...{ name, unit: 'deliveries per CPU-second', better: 'higher', valid },
  value: delivered / (usage.cpu.gateway ?? NaN),
  ...{ detail: `p99 ${p99.toFixed(1)} ms`, usage },
});

/**
 * Connects clients that get every change, and warms the gateway.
 * @returns sends so many changes, so many times a second, for so many seconds
 */
async function prepare(context: LoadContext, connect: (onEvent: OnEvent) => Promise<unknown>) {
  const latencies = new Latencies();
  await connect(latencies.onEvent);
  const publisher = await connectPublisher(context);
  const publishNew = (count: number, dueAt: number) =>
    void publisher.publish(Array.from({ length: count }, () => newOrder(dueAt)));
  const phase = async (changes: number, perSecond: number, seconds: number): Promise<Phase> => {
    latencies.clear();
    const usage = measureUsage(context);
    const times = await openLoop(perSecond, seconds, (dueAt) => {
      publishNew(changes, dueAt);
    });
    const expected = times * changes * CLIENTS;
    const valid = await until(() => latencies.count >= expected, 20_000);
    await sleep(100); // whatever is delivered twice comes now
    return {
      ...{ delivered: latencies.count, usage: usage(), p99: latencies.quantile(0.99) },
      valid: valid && latencies.count === expected,
    };
  };
  await phase(BURST, BURSTS_A_SECOND[context.system], 2); // warm
  return phase;
}
