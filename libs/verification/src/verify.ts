import { httpUrl, runTool, wholeNumber } from '@galley/runtime';
import { checkRun } from './checker/check-run.js';
import { Workload } from './workload/workload.js';

const HELP = `npm run verify -- [options]: a random workload against a running cluster, checked by the consistency checker

  --url URL        where REST and Socket.IO are     (http://localhost:3000)
  --api URL        of an API replica, repeatable    (the URL)
  --gateway URL    of a gateway, repeatable         (the URL)
  --token TOKEN    of staff, if one is needed
  --clients N      clients of Socket.IO             (15)
  --sse N          readers of GET /changes          (5)
  --orders N       orders that live at a time       (50)
  --changes N      attempts to write                (1000)
  --writers N      attempts at a time               (8)
  --seed N         the same seed, the same choices  (the time)
  --move           clients move to other replicas and are cut off at random meanwhile
`;

const OPTIONS = {
  url: { type: 'string', default: 'http://localhost:3000' },
  api: { type: 'string', multiple: true },
  gateway: { type: 'string', multiple: true },
  token: { type: 'string' },
  clients: { type: 'string', default: '15' },
  sse: { type: 'string', default: '5' },
  orders: { type: 'string', default: '50' },
  changes: { type: 'string', default: '1000' },
  writers: { type: 'string', default: '8' },
  seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  move: { type: 'boolean', default: false },
} as const;

const ANSWER_WITHIN_MS = 5_000;

await runTool({ help: HELP, options: OPTIONS }, async (values) => {
  const { url, api: apiUrls = [url], gateway: gatewayUrls = [url], token } = values;
  for (const each of [...apiUrls, ...gatewayUrls]) httpUrl(each);
  const clients = wholeNumber('clients', values.clients);
  const streams = wholeNumber('sse', values.sse, 0);
  const changes = wholeNumber('changes', values.changes);
  const workload = new Workload({
    ...{ apiUrls, gatewayUrls, token, clients, streams },
    orders: wholeNumber('orders', values.orders),
    concurrency: wholeNumber('writers', values.writers),
    seed: wholeNumber('seed', values.seed, 0),
    settleWithinMs: 60_000,
  });
  for (const apiUrl of apiUrls) await demandOrders(apiUrl, token);
  for (const gatewayUrl of gatewayUrls) await demandAnswer(gatewayUrl);

  await workload.connect();
  const moving = values.move ? setInterval(moveSomebody, 50, workload, gatewayUrls) : undefined;
  const started = performance.now();
  await workload.writers.run(changes);
  clearInterval(moving);
  const writtenInMs = Math.round(performance.now() - started);
  const { settledInMs, ...run } = await workload.finish();
  workload.close();
  await workload.removeOrders();
  const { violations, counts } = checkRun(run);

  for (const violation of violations.slice(0, 20)) process.stdout.write(`${JSON.stringify(violation)}\n`);
  process.stdout.write(
    `seed ${values.seed}: ${counts.writes} writes (${counts.unknown} unknown) in ${writtenInMs} ms, ` +
      `${counts.changesDelivered} changes delivered to ${clients + streams} clients, settled ${settledInMs} ms later\n` +
      `lost ${counts.lost} / repeated ${counts.repeated} / reordered ${counts.reordered} / invented ${counts.invented} / ` +
      `leaked ${counts.leaked} / resurrected ${counts.resurrected} / state ${counts.state} / resyncs ${counts.resyncs}\n`,
  );
  return violations.length > 0 ? 1 : 0;
});

function moveSomebody(workload: Workload, gatewayUrls: readonly string[]): void {
  const client = workload.clients[Math.floor(workload.random() * workload.clients.length)];
  const url = gatewayUrls[Math.floor(workload.random() * gatewayUrls.length)] ?? '';
  if (workload.random() < 0.5) client?.cut();
  else client?.moveTo(url);
}

/** @throws Error with a sentence that says what to do */
async function demandOrders(url: string, token: string | undefined): Promise<void> {
  const headers = { ...(token !== undefined && { authorization: `Bearer ${token}` }) };
  const { status } = await demandAnswer(`${url}/orders?limit=1`, headers);
  if (status === 200) return;
  if (status !== 401) throw new Error(`${url}/orders was answered ${status}: is it a Galley? See --help`);
  throw new Error(
    token === undefined
      ? `${url} needs a token: --token "$(npm run --silent token -- --role staff --sub me)"`
      : `${url} does not accept the token`,
  );
}

async function demandAnswer(url: string, headers: Record<string, string> = {}): Promise<Response> {
  try {
    return await fetch(url, { headers, signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
  } catch (cause) {
    throw new Error(`Nothing answers at ${new URL(url).origin}: start Galley (npm start), or set --url`, { cause });
  }
}
