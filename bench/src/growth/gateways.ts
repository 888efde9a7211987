import { once } from 'node:events';
import { Agent, request, type IncomingMessage } from 'node:http';
import { type Chart, type Point } from '../chart/chart.js';
import { sleep } from '../load/clock.js';
import { apiOf, requestHeaders, type LoadContext } from '../load/context.js';
import { openLoop } from '../load/open-loop.js';
import { cpuSeconds } from '../load/process-usage.js';
import { type RunningProcess } from '../systems/processes.js';
import { startPart } from '../systems/systems.js';

const STEPS = [0, 1, 2, 4, 6, 8];
const CHANGES_A_SECOND = 100;
/** So that the API's code is compiled before anything is measured. */
const WARM = { changesASecond: 400, seconds: 8 };
const SECONDS = 5;

/** What changes cost if there are more and more gateways without a client: the API, Redis, and each of the gateways. */
export async function growGateways(context: LoadContext): Promise<Chart> {
  const api = apiOf(context);
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const place = async () => {
    const body = JSON.stringify({ customerId: 'ana', title: 'Annual report', quantity: 500, status: 'In Production' });
    const headers = { ...requestHeaders(context), 'content-length': Buffer.byteLength(body) };
    const sent = request(`${api.url}/orders`, { method: 'POST', agent, headers }).end(body);
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    await once(response.resume(), 'end');
    if (response.statusCode !== 201) throw new Error(`POST /orders was answered ${response.statusCode ?? 0}`);
  };
  const phase = async (gateways: readonly { pid: number }[], { changesASecond, seconds }: typeof WARM) => {
    const usedBy = (processes: readonly { pid: number }[]) =>
      processes.reduce((sum, { pid }) => sum + cpuSeconds(pid), 0);
    const used = () => ({ api: usedBy([api]), redis: usedBy([context.redis]), gateways: usedBy(gateways) });
    const before = used();
    const placed: Promise<void>[] = [];
    const count = await openLoop(changesASecond, seconds, () => void placed.push(place()));
    await Promise.all(placed);
    await sleep(200); // until the gateways have got the last one
    const after = used();
    const perChange = (part: keyof typeof after) => ((after[part] - before[part]) * 1_000_000) / count;
    return {
      api: perChange('api'),
      redis: perChange('redis'),
      gateway: perChange('gateways') / Math.max(1, gateways.length),
    };
  };
  const ofApi: Point[] = [];
  const ofRedis: Point[] = [];
  const ofEach: Point[] = [];
  const gateways: RunningProcess[] = [];
  await phase([], WARM);
  for (const count of STEPS) {
    while (gateways.length < count) gateways.push(await startPart(context, 'gateway', { isAlone: false }));
    await phase(gateways, { changesASecond: CHANGES_A_SECOND, seconds: 2 });
    const figures = await phase(gateways, { changesASecond: CHANGES_A_SECOND, seconds: SECONDS });
    ofApi.push({ x: count, y: figures.api });
    ofRedis.push({ x: count, y: figures.redis });
    if (count > 0) ofEach.push({ x: count, y: figures.gateway });
  }
  agent.destroy();
  for (const gateway of gateways) await gateway.stop();
  const xLabel = 'gateways without a client';
  return {
    title: 'Gateways without a client',
    description: 'What a change costs the API, Redis and each gateway, with up to 8 gateways that have no client.',
    panels: [
      { title: 'µs of CPU a change at the API', xLabel, series: [{ name: 'API', points: ofApi }] },
      {
        ...{ title: 'µs of CPU a change elsewhere', xLabel },
        series: [
          { name: 'Redis', points: ofRedis },
          { name: 'each gateway', points: ofEach },
        ],
      },
    ],
  };
}
