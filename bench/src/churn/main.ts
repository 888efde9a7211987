import { checkRun, openMany, Workload } from '@galley/verification';
import { runTool, wholeNumber } from '@galley/runtime';
import { sleep } from '../load/clock.js';
import { mintTokenOf } from '../load/context.js';
import { freePort } from '../systems/processes.js';
import { start, startPart } from '../systems/systems.js';
import { churn } from './churn.js';
import { ChurningClient } from './churning-client.js';
import { sampleGateway, type GatewaySample } from './gateway-samples.js';
import { trendOf } from './trend.js';

const HELP = `npm run bench:churn -- [options]: clients come, follow, leave, go away and come back; does the gateway grow?

  --minutes N   how long they do; one or two only show that it works   (10)
  --clients N   how many they are                                      (2000)
`;

const OPTIONS = {
  minutes: { type: 'string', default: '10' },
  clients: { type: 'string', default: '2000' },
} as const;

const ORDERS = 200;
const CHANGES_A_SECOND = 20;
/** Clients besides them that follow all orders, so that every change is known to the checker. */
const FOLLOWERS_OF_ALL = 3;
const SAMPLE_EVERY_S = 30;
/** A short run has at least so many samples. */
const LEAST_SAMPLES = 10;
/** So much of the run is not judged: until all have come, code is compiled, and buffers are full. */
const WARM_PART = 1 / 4;
/** What a line through the samples may rise by, as a part of their mean. */
const MOST_GROWTH = { heapBytes: 0.05, residentBytes: 0.05, descriptors: 0.05 };
const SETTLE_MS = 1_000;

await runTool({ help: HELP, options: OPTIONS }, async (values) => {
  const seconds = 60 * wholeNumber('minutes', values.minutes);
  const count = wholeNumber('clients', values.clients);
  const running = await start('ours', [], { quick: false, rs256: false });
  const { context } = running;
  const api = await startPart(context, 'api', { isAlone: false });
  const managementPort = await freePort();
  const gateway = await startPart(context, 'gateway', {
    isAlone: false,
    // A small buffer is full before the samples count.
    variables: { MANAGEMENT_PORT: String(managementPort), RECENT_BYTES: String(262_144) },
  });
  const [apiUrl, gatewayUrl] = [context.api?.url ?? '', context.gateway?.url ?? ''];

  const workload = new Workload({
    ...{ apiUrls: [apiUrl], gatewayUrls: [gatewayUrl], token: context.token, clients: 0 },
    ...{ orders: ORDERS, concurrency: 4, seed: Date.now() % 1_000_000, settleWithinMs: 60_000 },
  });
  const clients = await Promise.all(
    Array.from({ length: count + FOLLOWERS_OF_ALL }, async (_, i) => {
      const token = await mintTokenOf(context, 'staff', `user-${i}`);
      return new ChurningClient({ url: gatewayUrl, token, name: `client-${i}`, followsAll: i >= count });
    }),
  );
  // They hear the first change, too: what is not heard by anybody is not known to be missing.
  await Promise.all(clients.slice(count).map((client) => client.connect()));
  await workload.writers.run(4 * ORDERS);

  let isOver = false;
  const writing = workload.writers.run(CHANGES_A_SECOND * seconds, CHANGES_A_SECOND);
  const churning = Promise.all(
    clients.slice(0, count).map((client) =>
      churn(
        client,
        () => workload.writers.orderIds,
        () => isOver,
      ),
    ),
  );
  // They come and go up to the last sample. One that fails ends the run.
  const sampling = sample(gateway.pid, `http://127.0.0.1:${managementPort}`, seconds);
  const samples = await Promise.race([sampling, churning.then(() => sampling)]);
  isOver = true;
  await Promise.all([writing, churning]);

  await sleep(SETTLE_MS);
  // Each comes once more, to be told that it has everything.
  for (const client of clients.slice(count)) client.goAway();
  await openMany(clients.length, (i) => clients[i]?.connect() ?? Promise.resolve());
  for (const client of clients) client.goAway();
  const run = { ...(await workload.record()), clients: clients.flatMap((client) => client.logs()) };
  await Promise.all([gateway.stop(), api.stop()]);
  await running.stop();

  const { violations, counts } = checkRun(run);
  for (const violation of violations.slice(0, 20)) process.stdout.write(`${JSON.stringify(violation)}\n`);
  process.stdout.write(
    `${count} clients followed orders ${run.clients.length} times; of ${counts.writes} writes they were sent ` +
      `${counts.changesDelivered} changes: lost ${counts.lost}, repeated ${counts.repeated}, reordered ${counts.reordered}, ` +
      `invented ${counts.invented}, resyncs ${counts.resyncs}\n`,
  );
  return isFlat(samples) && violations.length === 0 ? 0 : 1;
});

/** Samples the gateway until the time is over, and prints each sample. */
async function sample(pid: number, managementUrl: string, seconds: number): Promise<GatewaySample[]> {
  const every = Math.min(SAMPLE_EVERY_S, seconds / LEAST_SAMPLES);
  const started = performance.now();
  const samples: GatewaySample[] = [];
  process.stdout.write('seconds    heap MB     RSS MB  descriptors\n');
  for (let at = every; at <= seconds; at += every) {
    await sleep(started + 1_000 * at - performance.now());
    const taken = await sampleGateway(pid, managementUrl, at);
    samples.push(taken);
    const columns = [megabytes(taken.heapBytes), megabytes(taken.residentBytes), String(taken.descriptors)];
    process.stdout.write(`${String(Math.round(at)).padStart(7)}${columns.map((text) => text.padStart(11)).join('')}\n`);
  }
  return samples;
}

function isFlat(samples: readonly GatewaySample[]): boolean {
  const judged = samples.slice(Math.floor(samples.length * WARM_PART));
  let isFlat = true;
  for (const [name, most] of Object.entries(MOST_GROWTH) as [keyof typeof MOST_GROWTH, number][]) {
    const { growth } = trendOf(judged.map((sample) => ({ at: sample.at, value: sample[name] })));
    const verdict = growth <= most ? 'flat' : `GROWS by more than ${100 * most} %`;
    process.stdout.write(`${name}: ${(100 * growth).toFixed(1)} % over the last three quarters, ${verdict}\n`);
    isFlat &&= growth <= most;
  }
  return isFlat;
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
