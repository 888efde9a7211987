import { parseArgs } from 'node:util';
import { checkRun } from './checker/check-run.js';
import { Workload } from './workload/workload.js';

const HELP = `npm run verify -- [options]: a random workload against a running cluster, checked by the consistency checker

  --url URL        where REST and Socket.IO are     (http://localhost:3000)
  --api URL        of an API replica, repeatable    (the URL)
  --gateway URL    of a gateway, repeatable         (the URL)
  --token TOKEN    of staff, if one is needed
  --clients N      connected clients                (20)
  --orders N       orders that live at a time       (50)
  --changes N      attempts to write                (1000)
  --writers N      attempts at a time               (8)
  --seed N         the same seed, the same choices  (the time)
  --move           clients move to other replicas and are cut off at random meanwhile
`;

const { values } = parseArgs({
  options: {
    url: { type: 'string', default: 'http://localhost:3000' },
    api: { type: 'string', multiple: true },
    gateway: { type: 'string', multiple: true },
    token: { type: 'string' },
    clients: { type: 'string', default: '20' },
    orders: { type: 'string', default: '50' },
    changes: { type: 'string', default: '1000' },
    writers: { type: 'string', default: '8' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    move: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  process.stdout.write(HELP);
  process.exit(0);
}

const gatewayUrls = values.gateway ?? [values.url];
const workload = new Workload({
  apiUrls: values.api ?? [values.url],
  gatewayUrls,
  token: values.token,
  clients: Number(values.clients),
  orders: Number(values.orders),
  concurrency: Number(values.writers),
  seed: Number(values.seed),
  settleWithinMs: 60_000,
});
await workload.connect();
const moving = values.move ? setInterval(moveSomebody, 50) : undefined;
const started = performance.now();
await workload.writers.run(Number(values.changes));
clearInterval(moving);
const writtenInMs = Math.round(performance.now() - started);
const { settledInMs, ...run } = await workload.finish();
workload.close();
await workload.removeOrders();
const { violations, counts } = checkRun(run);

for (const violation of violations.slice(0, 20)) process.stdout.write(`${JSON.stringify(violation)}\n`);
process.stdout.write(
  `seed ${values.seed}: ${counts.writes} writes (${counts.unknown} unknown) in ${writtenInMs} ms, ` +
    `${counts.changesDelivered} changes delivered to ${values.clients} clients, settled ${settledInMs} ms later\n` +
    `lost ${counts.lost} / repeated ${counts.repeated} / reordered ${counts.reordered} / invented ${counts.invented} / ` +
    `resurrected ${counts.resurrected} / state ${counts.state} / resyncs ${counts.resyncs}\n`,
);
process.exit(violations.length > 0 ? 1 : 0);

function moveSomebody(): void {
  const client = workload.clients[Math.floor(workload.random() * workload.clients.length)];
  const url = gatewayUrls[Math.floor(workload.random() * gatewayUrls.length)] ?? values.url;
  if (workload.random() < 0.5) client?.cut();
  else client?.moveTo(url);
}
