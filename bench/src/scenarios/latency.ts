import { Agent, request } from 'node:http';
import { connectMany } from '@galley/verification';
import { stamp, sleep, until } from '../load/clock.js';
import { apiOf, clientOptions, requestHeaders, type Figure, type LoadContext } from '../load/context.js';
import { Latencies } from '../load/latencies.js';
import { openLoop } from '../load/open-loop.js';

const CLIENTS = 1_000;
const CHANGES_A_SECOND = 50;

/** From the HTTP request that places an order to the event at each of 1,000 sockets. */
export async function latency(context: LoadContext): Promise<Figure[]> {
  const { url } = apiOf(context);
  const latencies = new Latencies();
  const { onEvent } = latencies;
  await connectMany(CLIENTS, () => ({ ...clientOptions(context), onEvent }));
  const agent = new Agent({ keepAlive: true, maxSockets: 32 });
  const place = (dueAt: number) => {
    // The first "@" of the event is the one in the title.
    const body = JSON.stringify({ customerId: 'ana', title: stamp(dueAt), quantity: 500, status: 'In Production' });
    const headers = { ...requestHeaders(context), 'content-length': Buffer.byteLength(body) };
    request(`${url}/orders`, { method: 'POST', agent, headers }, (response) => response.resume()).end(body);
  };
  const phase = async (seconds: number) => {
    latencies.clear();
    const expected = (await openLoop(CHANGES_A_SECOND, seconds, place)) * CLIENTS;
    const complete = await until(() => latencies.count >= expected, 20_000);
    await sleep(100); // whatever is delivered twice comes now
    return complete && latencies.count === expected;
  };
  await phase(2); // warm
  const valid = await phase(context.quick ? 4 : 15);
  agent.destroy();
  return [
    {
      ...{ name: 'latency', unit: 'ms at p99', better: 'lower', valid, value: latencies.quantile(0.99) },
      detail: `p50 ${latencies.quantile(0.5).toFixed(1)} ms`,
    },
  ];
}
