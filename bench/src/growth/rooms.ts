import { RawClient, type OnEvent } from '@galley/verification';
import { type Chart, type Point } from '../chart/chart.js';
import { until } from '../load/clock.js';
import { collectGarbage } from '../load/collect-garbage.js';
import { connectPublisher, gatewayOf, type LoadContext } from '../load/context.js';
import { openLoop } from '../load/open-loop.js';
import { cpuSeconds, residentBytes } from '../load/process-usage.js';
import { type BenchChange } from '../load/publishers.js';

const CLIENTS = 1_000;
/** Orders that each client follows; 100 are the most that a gateway lets it by default. */
const STEPS = [1, 20, 40, 60, 80, 100];
const TICKS_A_SECOND = 100;
const CHANGES_A_TICK = 20;
const SECONDS = 3;

/** What a change of one order costs a gateway whose clients follow more and more orders, and what a followed order takes. */
export async function growRooms(context: LoadContext): Promise<Chart> {
  const { url, pid } = gatewayOf(context);
  const publisher = await connectPublisher(context);
  const costs: Point[] = [];
  const bytes: Point[] = [];
  /** One step has other orders than the next, whose clients are others, too. */
  const connectAll = async (step: number, orders: number, onEvent: OnEvent) => {
    const roomsOf = (client: number) =>
      Array.from({ length: orders }, (_, i) => ({ orderId: idOf(step, client * orders + i) }));
    const clients: RawClient[] = [];
    for (let i = 0; i < CLIENTS; i++) {
      const auth = JSON.stringify({ token: context.token, rooms: roomsOf(i) });
      clients.push(await RawClient.connect({ url, auth, onEvent }));
    }
    return clients;
  };
  let withOneEach = 0;
  for (const [step, orders] of STEPS.entries()) {
    let delivered = 0;
    const clients = await connectAll(step, orders, () => {
      delivered++;
    });
    await collectGarbage(context);
    const resident = residentBytes(pid);
    withOneEach ||= resident;
    const revisions = new Uint32Array(CLIENTS * orders).fill(1);
    const changes = (dueAt: number): BenchChange[] =>
      Array.from({ length: CHANGES_A_TICK }, () => {
        const i = Math.floor(Math.random() * revisions.length);
        const revision = (revisions[i] ?? 0) + 1;
        revisions[i] = revision;
        return { orderId: idOf(step, i), revision, dueAt };
      });
    const phase = async (seconds: number) => {
      delivered = 0;
      const before = cpuSeconds(pid);
      const ticks = await openLoop(TICKS_A_SECOND, seconds, (dueAt) => void publisher.publish(changes(dueAt)));
      const expected = ticks * CHANGES_A_TICK;
      if (!(await until(() => delivered >= expected, 20_000))) throw new Error(`${delivered} of ${expected} arrived`);
      return ((cpuSeconds(pid) - before) * 1_000_000) / expected;
    };
    await phase(1); // warm
    const followed = CLIENTS * orders;
    costs.push({ x: followed, y: await phase(SECONDS) });
    if (orders > 1) bytes.push({ x: followed, y: (resident - withOneEach) / (followed - CLIENTS) });
    for (const client of clients) client.destroy();
    await until(() => clients.every(({ hasEnded }) => hasEnded), 5_000);
  }
  await publisher.close();
  const xLabel = `orders that ${CLIENTS.toLocaleString('en')} clients follow`;
  return {
    title: 'Followed orders of one gateway',
    description:
      'What a change for one client costs a gateway, and the memory of a followed order, with up to 100,000.',
    panels: [
      { title: 'µs of CPU a change', xLabel, series: [{ name: 'gateway', points: costs }] },
      { title: 'bytes a followed order', xLabel, series: [{ name: 'memory', points: bytes }] },
    ],
  };
}

const idOf = (step: number, i: number) => `order-${step}-${i}`;
