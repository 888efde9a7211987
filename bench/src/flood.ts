import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mintToken } from '@galley/access';
import { readArguments } from '@galley/runtime';
import { connectMany } from '@galley/verification';
import { sleep, until } from './load/clock.js';
import { newOrder } from './load/context.js';
import { type FloodOptions, type FloodReport } from './load/flooder.js';
import { Latencies } from './load/latencies.js';
import { openLoop } from './load/open-loop.js';
import { FeedPublisher } from './load/publishers.js';
import { freePort, runNode, untilReady } from './systems/processes.js';
import { startRedis } from './systems/systems.js';

const HELP = `npm run bench:flood: what a flood of strangers costs those who are connected; it takes a minute
`;
readArguments({ help: HELP, options: {} });

/**
 * What a flood of strangers costs those who are connected: their latencies before it and during it, with the limits that a
 * gateway has by default. `npm run bench:flood`; exit code 1 where one of them misses a change.
 */
const GOOD = 500;
const CHANGES_A_SECOND = 20;
const SECONDS = 20;
const FLOOD = { silent: 5_000, handshakesPerSecond: 500 };

const secret = randomBytes(32).toString('hex');
const redisPort = await freePort();
const redisUrl = `redis://127.0.0.1:${redisPort}`;
startRedis(redisPort);
const port = await freePort();
const url = `http://127.0.0.1:${port}`;
runNode('gateway', 'apps/gateway/dist/main.js', {
  ...{ PORT: String(port), HOST: '127.0.0.1', LOG_LEVEL: 'error', REDIS_URL: redisUrl, FEED_NAME: 'flood' },
  AUTH_JWT_SECRET: secret,
});
await untilReady(url);

const tokens = await Promise.all(
  Array.from({ length: GOOD }, (_, i) => mintToken({ secret, role: 'staff', sub: `user-${i}`, expiresIn: 3_600 })),
);
const latencies = new Latencies();
const { onEvent } = latencies;
await connectMany(GOOD, (i) => ({ url, auth: JSON.stringify({ token: tokens[i] }), onEvent }));
const publisher = await FeedPublisher.connect(redisUrl, 'flood');

await phase(2); // warm
const before = await phase(SECONDS);
const flooder = runNode('load', 'bench/dist/load/flooder.js');
flooder.child.send({ host: '127.0.0.1', port, ...FLOOD } satisfies FloodOptions);
await sleep(1_000); // until all of them are there
const during = await phase(SECONDS);
const reported = once(flooder.child, 'message').then(([report]) => report as FloodReport);
flooder.child.kill('SIGTERM');
const { silent, ended, handshakes } = await reported;

process.stdout.write(
  `${GOOD} clients that hear ${CHANGES_A_SECOND} changes/s, for ${SECONDS} s\n` +
    `before: delivered ${before.delivered} of ${before.expected}, p99 ${before.p99.toFixed(1)} ms\n` +
    `under a flood of ${handshakes} handshakes and ${silent} silent sockets, of which ${ended} were ended: ` +
    `delivered ${during.delivered} of ${during.expected}, p99 ${during.p99.toFixed(1)} ms, ` +
    `${(during.p99 / before.p99).toFixed(1)} times that of before\n`,
);
process.exit(before.complete && during.complete ? 0 : 1);

async function phase(seconds: number) {
  latencies.clear();
  const sent = await openLoop(CHANGES_A_SECOND, seconds, (dueAt) => void publisher.publish([newOrder(dueAt)]));
  const expected = sent * GOOD;
  await until(() => latencies.count >= expected, 10_000);
  await sleep(100); // whatever is delivered twice comes now
  const delivered = latencies.count;
  return { delivered, expected, complete: delivered === expected, p99: latencies.quantile(0.99) };
}
