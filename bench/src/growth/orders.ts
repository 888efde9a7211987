import { MAX_OPERATIONS } from '@galley/contracts';
import { type Chart, type Point } from '../chart/chart.js';
import { sleep } from '../load/clock.js';
import { apiOf, requestHeaders, type LoadContext } from '../load/context.js';
import { cpuSeconds, residentBytes } from '../load/process-usage.js';

const STEPS = [1_000, 50_000, 100_000, 150_000, 200_000];
/** How often each request is repeated at a step, one after the other. */
const REQUESTS = 500;
const PAGE = 200;
const CUSTOMERS = 100;
const COLLECTION_MS = 3_000;

/** What requests cost an API with more and more orders in memory, and what an order takes of it. */
export async function growOrders(context: LoadContext): Promise<Chart> {
  const { url, pid } = apiOf(context);
  const headers = requestHeaders(context);
  const send = async (path: string, body?: object) => {
    const response = await fetch(
      url + path,
      body ? { method: 'POST', headers, body: JSON.stringify(body) } : { headers },
    );
    if (!response.ok) throw new Error(`${path} was answered ${response.status}: ${await response.text()}`);
    return response.text();
  };
  /** @returns microseconds of CPU each */
  const cost = async (act: () => Promise<unknown>) => {
    const before = cpuSeconds(pid);
    for (let i = 0; i < REQUESTS; i++) await act();
    return ((cpuSeconds(pid) - before) * 1_000_000) / REQUESTS;
  };
  let placed = 0;
  const newOrder = () => ({
    ...{ customerId: `customer-${++placed % CUSTOMERS}`, title: `Annual report ${placed}`, quantity: 500 },
    status: 'In Production',
  });
  const fillTo = async (orders: number) => {
    while (placed < orders) {
      const count = Math.min(MAX_OPERATIONS, orders - placed);
      const operations = Array.from({ length: count }, () => {
        const order = newOrder();
        return { type: 'place', idempotencyKey: `growth-${placed}`, order };
      });
      await send('/batches', { operations });
    }
  };
  const settled = async () => {
    process.kill(pid, 'SIGUSR2'); // collects its garbage
    await sleep(COLLECTION_MS);
    return residentBytes(pid);
  };
  await cost(() => send('/orders', newOrder())); // warm
  await cost(() => send(`/orders?limit=${PAGE}`));
  const posts: Point[] = [];
  const pages: Point[] = [];
  const bytes: Point[] = [];
  const empty = await settled();
  const first = placed;
  for (const orders of STEPS) {
    await fillTo(orders - REQUESTS);
    posts.push({ x: orders, y: await cost(() => send('/orders', newOrder())) });
    pages.push({ x: orders, y: await cost(() => send(`/orders?limit=${PAGE}`)) });
    const resident = await settled();
    // The first step is too small against what else moves in the memory of a process.
    if (orders !== STEPS[0]) bytes.push({ x: orders, y: (resident - empty) / (placed - first) });
  }
  const xLabel = 'orders in memory';
  return {
    title: 'Orders in the memory of an API',
    description: 'What a request costs an API, and the memory that an order takes, with up to 200,000 orders.',
    panels: [
      {
        ...{ title: 'µs of CPU a request', xLabel },
        series: [
          { name: `GET, a page of ${PAGE}`, points: pages },
          { name: 'POST', points: posts },
        ],
      },
      { title: 'bytes an order', xLabel, series: [{ name: 'memory', points: bytes }] },
    ],
  };
}
