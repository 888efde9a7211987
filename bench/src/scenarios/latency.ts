import { Agent, request } from 'node:http';
import { connectClients } from '../load/clients.js';
import { stamp, sleep, until } from '../load/clock.js';
import { apiOf, requestHeaders, type Figure, type LoadContext } from '../load/context.js';
import { Latencies } from '../load/latencies.js';
import { openLoop } from '../load/open-loop.js';
import { measureUsage, type Usage } from '../load/usage.js';

const CLIENTS = 1_000;
const CHANGES_A_SECOND = 50;
const BURST = 20;
const BURSTS_A_SECOND = 2;

/** What was measured of a while. */
interface Phase {
  valid: boolean;
  delivered: number;
  usage: Usage;
}

/** From the HTTP request that places an order to the event at each of 1,000 sockets. */
export async function latency(context: LoadContext): Promise<Figure[]> {
  const latencies = new Latencies();
  const { valid, usage } = await placeForAll(context, latencies, 1, CHANGES_A_SECOND);
  return [
    {
      ...{ name: 'latency', unit: 'ms at p99', better: 'lower', valid, value: latencies.quantile(0.99) },
      ...{ detail: `p50 ${latencies.quantile(0.5).toFixed(1)} ms`, usage },
    },
  ];
}

/** The same with 20 requests at once, each on a connection of its own. */
export async function restBurst(context: LoadContext): Promise<Figure[]> {
  const latencies = new Latencies();
  const { valid, delivered, usage } = await placeForAll(context, latencies, BURST, BURSTS_A_SECOND);
  const perSecond = Math.round(delivered / (usage.cpu.gateway ?? NaN)).toLocaleString('en');
  return [
    {
      ...{ name: 'rest-burst', unit: 'ms at p99', better: 'lower', valid, value: latencies.quantile(0.99) },
      ...{ detail: `${perSecond} deliveries per CPU-second of the gateway`, usage },
    },
  ];
}

/** Connects 1,000 sockets that get every order, and places so many orders at once, so many times a second. */
async function placeForAll(
  context: LoadContext,
  latencies: Latencies,
  atOnce: number,
  perSecond: number,
): Promise<Phase> {
  const { url } = apiOf(context);
  const { onEvent } = latencies;
  await connectClients(context, CLIENTS, () => ({ onEvent }));
  const agent = new Agent({ keepAlive: true, maxSockets: 32 });
  const place = (dueAt: number) => {
    // The first "@" of the event is the one in the title.
    const body = JSON.stringify({ customerId: 'ana', title: stamp(dueAt), quantity: 500, status: 'In Production' });
    const headers = { ...requestHeaders(context), 'content-length': Buffer.byteLength(body) };
    request(`${url}/orders`, { method: 'POST', agent, headers }, (response) => response.resume()).end(body);
  };
  const phase = async (seconds: number): Promise<Phase> => {
    latencies.clear();
    const measured = measureUsage(context);
    const times = await openLoop(perSecond, seconds, (dueAt) => {
      for (let i = 0; i < atOnce; i++) place(dueAt);
    });
    const expected = times * atOnce * CLIENTS;
    const complete = await until(() => latencies.count >= expected, 20_000);
    await sleep(100); // whatever is delivered twice comes now
    return { valid: complete && latencies.count === expected, delivered: latencies.count, usage: measured() };
  };
  await phase(2); // warm
  const measured = await phase(context.quick ? 4 : 15);
  agent.destroy();
  return measured;
}
