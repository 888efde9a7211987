import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { mintToken } from '@galley/access';
import { GATEWAY_INPUTS, type Input } from '@galley/verification';
import { sleep } from '../load/clock.js';
import { residentBytes } from '../load/process-usage.js';
import { freePort, runNode, untilReady, type RunningProcess } from '../systems/processes.js';
import { startRedis } from '../systems/systems.js';
import { httpInputs } from './http-inputs.js';
import { type Attack } from './attacker.js';
import { isKept, printHeadings, printRow, type Row } from './table.js';
import { type Ask, type Waits } from './victim.js';

const HELP = `npm run bench:full-speed-peer -- [options]: what one peer at full speed costs the others, for each input

  --app DIR        the built checkout to measure                 (this one)
  --target NAME    gateway or api; repeatable                    (both)
  --input TEXT     only inputs whose names contain it
  --seconds N      how long to measure, before and during        (5)
`;

const { values } = parseArgs({
  options: {
    app: { type: 'string', default: '.' },
    target: { type: 'string', multiple: true, default: ['gateway', 'api'] },
    input: { type: 'string', default: '' },
    seconds: { type: 'string', default: '5' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  process.stdout.write(HELP);
  process.exit(0);
}

const HISTORY = 100;
/** For what the peer does first, and for limits that let a burst pass. */
const ATTACK_BEGINS_MS = 1_000;
const SAMPLE_EVERY_MS = 50;

const secret = randomBytes(32).toString('hex');
const tokenOf = (sub: string) => mintToken({ secret, role: 'staff', sub, expiresIn: 3_600 });
const [victimToken, peerToken] = [await tokenOf('victim'), await tokenOf('peer')];
const redisPort = await freePort();
startRedis(redisPort);
const seconds = Number(values.seconds);
const rows: Row[] = [];

printHeadings();
for (const app of ['gateway', 'api'] as const) {
  if (!values.target.includes(app)) continue;
  for (const input of [...(app === 'gateway' ? GATEWAY_INPUTS : []), ...httpInputs(app, peerToken)]) {
    if (`${input.opening}: ${input.name}`.includes(values.input)) rows.push(await measure(app, input));
  }
}
process.exit(rows.every(isKept) ? 0 : 1);

async function measure(app: Ask['app'], input: Input): Promise<Row> {
  const server = await startServer(app);
  const victim = runNode('load', 'bench/dist/full-speed-peer/victim.js');
  const ask = async (forSeconds: number) => {
    victim.child.send({ app, url: server.url, token: victimToken, seconds: forSeconds } satisfies Ask);
    return ((await once(victim.child, 'message')) as [Waits])[0];
  };
  await ask(2); // warm
  const before = await ask(seconds);
  const bytesBefore = residentBytes(server.pid);
  let mostBytes = 0;
  const sampling = setInterval(() => (mostBytes = Math.max(mostBytes, residentBytes(server.pid))), SAMPLE_EVERY_MS);
  const attacker = runNode('load', 'bench/dist/full-speed-peer/attacker.js');
  attacker.child.send(toAttack(server.url, input));
  await sleep(ATTACK_BEGINS_MS);
  const during = await ask(seconds);
  clearInterval(sampling);
  for (const running of [attacker, victim, server]) await running.stop();
  const row = { app, input, before, during, grownBytes: mostBytes - bytesBefore };
  printRow(row);
  return row;
}

async function startServer(app: Ask['app']): Promise<RunningProcess & { url: string }> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const file = `${values.app}/apps/${app === 'api' ? 'orders-api' : 'gateway'}/dist/main.js`;
  const server = runNode('gateway', file, {
    ...{ PORT: String(port), HOST: '127.0.0.1', LOG_LEVEL: 'error', AUTH_JWT_SECRET: secret },
    ...{ REDIS_URL: `redis://127.0.0.1:${redisPort}`, FEED_NAME: `full-speed-${port}` },
  });
  await untilReady(url);
  if (app === 'api') await makeHistory(url);
  return { ...server, url };
}

/** Makes the order that the inputs ask for. */
async function makeHistory(url: string): Promise<void> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${peerToken}` };
  const send = (method: string, path: string, body: object) =>
    fetch(`${url}${path}`, { method, headers, body: JSON.stringify(body) });
  const answer = await send('POST', '/orders', { orderId: 'long', customerId: 'ana', title: 'Cards', quantity: 1 });
  if (!answer.ok) throw new Error(await answer.text());
  for (let i = 0; i < HISTORY; i++) await send('PATCH', '/orders/long', { quantity: 2 + i, message: 'x'.repeat(200) });
}

function toAttack(url: string, { bytes, first, ...input }: Input): Attack {
  const texts = { bytes: bytes.toString('base64'), ...(first && { first: first.toString('base64') }) };
  return { url, auth: JSON.stringify({ token: peerToken }), input: { ...input, ...texts } };
}
