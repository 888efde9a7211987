import { feedKeys, RedisFeedReader, type RedisFeedOptions } from '@galley/change-feed';
import { connectCommands, connected, disconnect } from '@galley/redis';
import { isSamePosition, type Position } from '@galley/contracts';
import { readClock, type ClockReading } from '../clocks.js';
import { timePings } from './pings.js';

export interface RedisFacts {
  /** The fields of INFO; undefined if the user may not ask. */
  info?: Partial<Record<string, string>>;
  /** How often it writes to its disk; undefined if the user may not ask. */
  appendfsync?: string;
  /** The milliseconds of each ping, the quickest first. */
  pingsMs: readonly number[];
  clock?: ClockReading;
  feed: FeedFacts;
}

/** The log of changes as Redis has it. */
export interface FeedFacts {
  /** The position of the newest change; absent if there is none. */
  head?: Position;
  /** How many changes the log has up to its head. */
  length: number;
  /** Whether its last entry is the one that the head names. */
  endsAtHead: boolean;
}

const PINGS = 20;

/** How many changes may come between two reads. */
const MEANWHILE = 1_000;

/** @throws Error with a sentence, if Redis does not answer */
export async function readRedis(options: RedisFeedOptions): Promise<RedisFacts> {
  const redis = connectCommands(options.url, 'doctor', { key: feedKeys(options.name).head });
  try {
    await connected(redis);
    const info = await ifAllowed(() => redis.info());
    const config = await ifAllowed(() => redis.config('GET', 'appendfsync'));
    return {
      ...(info !== undefined && { info: parseInfo(info) }),
      appendfsync: config?.[1],
      pingsMs: await timePings(PINGS, () => redis.ping()),
      clock: await readClock('Redis', async () => toMilliseconds(await ifAllowed(() => redis.time()))),
      feed: await readFeed(new RedisFeedReader(options, redis)),
    };
  } finally {
    await disconnect(redis);
  }
}

/** @returns undefined if this user, or this server, does not allow the command */
async function ifAllowed<T>(command: () => Promise<T>): Promise<T | undefined> {
  try {
    return await command();
  } catch (error) {
    if (/^(NOPERM|ERR unknown (sub)?command|ERR Unsupported)/i.test((error as Error).message)) return undefined;
    throw error;
  }
}

export const parseInfo = (text: string): Partial<Record<string, string>> =>
  Object.fromEntries(
    text
      .split(/\r?\n/)
      .filter((line) => line.includes(':'))
      .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]),
  );

/** @param time seconds and microseconds; older clients give them as texts */
function toMilliseconds(time: readonly (number | string)[] | undefined): number | undefined {
  const [seconds, microseconds] = time ?? [];
  return seconds === undefined ? undefined : Number(seconds) * 1_000 + Number(microseconds) / 1_000;
}

async function readFeed(reader: RedisFeedReader): Promise<FeedFacts> {
  const { head, entries } = await reader.readFrom(0, 1);
  if (!head) return { length: 0, endsAtHead: entries.length === 0 };
  const end = await reader.readFrom(head.seq, MEANWHILE);
  const first = entries[0]?.position.seq;
  return {
    head,
    length: first === undefined ? 0 : head.seq - first + 1,
    endsAtHead: head.seq === 0 || isSamePosition(end.entries.at(-1)?.position, end.head),
  };
}
