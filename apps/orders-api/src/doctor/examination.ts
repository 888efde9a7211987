import { type RedisFeedOptions } from '@galley/change-feed';
import { judgeCanary, judgeConnections, skipCanary } from './canary/canary.findings.js';
import { flyCanary, newCanaryId } from './canary/canary.facts.js';
import { connectListeners } from './canary/listeners.js';
import { judgeClocks, readClock, type ClockReading } from './clocks.js';
import { about, PLACES, type Finding } from './finding.js';
import { judgeCertificate, judgePlainHttp, readCertificate } from './front/certificate.js';
import { type Front } from './front/front.js';
import * as keys from './front/keys.js';
import { checkBodyLimit, checkPage, checkRedirect } from './front/page.js';
import { judgeReadiness, judgeSilence } from './front/readiness.js';
import { checkVersions } from './front/versions.js';
import { judgeMongo, judgeSilentMongo, judgeUnknownMongo } from './stores/mongodb.findings.js';
import { readMongo } from './stores/mongodb.facts.js';
import { judgeRedis, judgeSilentRedis, judgeUnknownRedis } from './stores/redis.findings.js';
import { readRedis } from './stores/redis.facts.js';

export interface ExaminationOptions {
  /** If absent, only the stores are examined. */
  front?: Front;
  managementUrls: readonly string[];
  /** The feed in Redis, and how many changes it should keep. */
  redis?: RedisFeedOptions & { history: number };
  mongodbUri?: string;
  jwksUrl?: string;
  /** Whether nothing may be written. */
  readOnly: boolean;
  /** Ends the examination early. What it has written is removed all the same. */
  signal: AbortSignal;
}

/** Examines a Galley from outside, and its stores if they are given. Tells each finding at once. */
export async function* examine(options: ExaminationOptions): AsyncGenerator<Finding> {
  const clocks: ClockReading[] = [];
  if (options.front) yield* examineFront(options.front, options, clocks);
  yield* examineRedis(options, clocks);
  yield* examineMongo(options, clocks);
  yield judgeClocks(clocks);
}

async function* examineFront(
  given: Front,
  options: ExaminationOptions,
  clocks: ClockReading[],
): AsyncGenerator<Finding> {
  const front = await given.byAnsweredName().catch(() => given);
  yield* guarded('TLS', async () => [await judgeEncryption(front)]);
  try {
    yield await readReadiness(front, clocks);
  } catch (error) {
    yield judgeSilence(front.url, (error as Error).message);
    return;
  }
  yield* guarded('headers', () => checkPage(front));
  if (front.isTls) yield* guarded('redirect', async () => [await checkRedirect(front)]);
  yield* guarded('body limit', async () => [await checkBodyLimit(front)]);
  yield* guarded('versions', async () => [await checkVersions(options.managementUrls)]);
  yield* guarded('access', () => examineAccess(front, options));
}

async function judgeEncryption(front: Front): Promise<Finding> {
  return front.isTls ? judgeCertificate(await readCertificate(front)) : judgePlainHttp(front);
}

async function readReadiness(front: Front, clocks: ClockReading[]): Promise<Finding> {
  const ready = await front.ask('/health/ready');
  const clock = await readClock(
    'front',
    async () => {
      const { headers } = await front.ask('/health/live');
      const date = Date.parse(headers.get('date') ?? '');
      return Number.isNaN(date) ? undefined : date;
    },
    1_000,
  );
  if (clock) clocks.push(clock);
  return judgeReadiness(front.url, ready);
}

async function* examineAccess(front: Front, options: ExaminationOptions): AsyncGenerator<Finding> {
  const { jwksUrl } = options;
  const answers = await keys.readKeyAnswers(front);
  yield keys.judgeAccess(answers, front);
  if (jwksUrl !== undefined) yield await keys.checkIssuer(jwksUrl);
  const isOpen = keys.isOpen(answers);
  if (isOpen) {
    yield* examineDelivery(front, options);
  } else if (front.token !== undefined && answers.toBearer) {
    const judged = keys.judgeToken(front.token, answers.toBearer);
    yield judged;
    if (judged.level !== 'fail') yield* examineDelivery(front, options);
  } else {
    yield keys.judgeMissingToken();
  }
}

async function* examineDelivery(front: Front, { readOnly, signal }: ExaminationOptions): AsyncGenerator<Finding> {
  const orderId = newCanaryId();
  const connected = await connectListeners(front, orderId);
  try {
    yield* judgeConnections(connected);
    if (readOnly)
      yield skipCanary('not placed, because of --read-only', 'leave it out, to see how long a change takes');
    else if (!signal.aborted) yield* judgeCanary(await flyCanary(front, orderId, connected.listeners, signal));
  } finally {
    for (const listener of connected.listeners) listener.close();
  }
}

async function* examineRedis({ redis }: ExaminationOptions, clocks: ClockReading[]): AsyncGenerator<Finding> {
  if (!redis) {
    yield judgeUnknownRedis();
    return;
  }
  try {
    const facts = await readRedis(redis);
    if (facts.clock) clocks.push(facts.clock);
    yield* judgeRedis(facts, redis.history);
  } catch (error) {
    yield judgeSilentRedis((error as Error).message);
  }
}

async function* examineMongo({ mongodbUri }: ExaminationOptions, clocks: ClockReading[]): AsyncGenerator<Finding> {
  if (mongodbUri === undefined) {
    yield judgeUnknownMongo();
    return;
  }
  try {
    const facts = await readMongo(mongodbUri);
    if (facts.clock) clocks.push(facts.clock);
    yield* judgeMongo(facts);
  } catch (error) {
    yield judgeSilentMongo((error as Error).message);
  }
}

/** A check that cannot be made is a finding, too, and not the end of the others. */
async function* guarded(
  subject: string,
  check: () => Promise<Finding[]> | AsyncGenerator<Finding>,
): AsyncGenerator<Finding> {
  try {
    yield* await check();
  } catch (error) {
    yield about(subject).fail(
      `cannot be checked: ${(error as Error).message}`,
      'see the other findings',
      PLACES.offline,
    );
  }
}
