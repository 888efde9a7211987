import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import msgpack from 'notepack.io';
import { BEAT_EVERY_MS, RedisChangeFeed, type Change } from '@galley/change-feed';
import { type StaffPart } from '@galley/contracts';
import { EmbeddedRedis } from '@galley/embedded-redis';
import { connectCommands, connected, disconnect } from '@galley/redis';
import { listen } from '@galley/runtime';
import { own, waitFor } from '@galley/testing';
import { createGateway } from '../src/create-app.js';
import { FeedLiveness } from '../src/feed/feed-liveness.js';
import { readGatewayConfig } from '../src/gateway.config.js';

export interface Gateways {
  feed: RedisChangeFeed;
  apps: NestFastifyApplication[];
  urls: string[];
  /**
   * Starts one more.
   * @returns its URL
   */
  start: (name: string, env?: NodeJS.ProcessEnv) => Promise<string>;
  /** Announces something as the orders API does. */
  announce: (message: string) => Promise<void>;
  close(): Promise<void>;
}

let feeds = 0;

/** Starts gateways in open mode, on their own ports and with their own feed, which the test writes to. */
export async function startGateways(
  names: readonly string[],
  env: NodeJS.ProcessEnv = {},
  history = 10_000,
): Promise<Gateways> {
  const redis = await EmbeddedRedis.start();
  const name = `gateways-${++feeds}`;
  const feed = new RedisChangeFeed({ url: redis.url, name, history });
  const beats = setInterval(() => void feed.beat({ unpublishedForMs: 0 }).catch(() => undefined), BEAT_EVERY_MS);
  const apps: NestFastifyApplication[] = [];
  const urls: string[] = [];
  const close = async () => {
    clearInterval(beats);
    await Promise.all(apps.map((app) => app.close()));
    await feed.close();
    await redis.stop();
  };
  own(close);
  const start = async (gateway: string, others: NodeJS.ProcessEnv = {}) => {
    const variables = { AUTH: 'open', REDIS_URL: redis.url, FEED_NAME: name, LOG_LEVEL: 'fatal', ...env, ...others };
    const app = await createGateway(readGatewayConfig({ ...variables, GATEWAY_NAME: gateway }));
    apps.push(app);
    const url = `http://127.0.0.1:${await listen(app, { host: '127.0.0.1', port: 0 })}`;
    urls.push(url);
    return url;
  };
  const announce = async (message: string) => {
    const publisher = connectCommands(redis.url, 'publisher');
    await connected(publisher);
    const event = { message, timestamp: new Date().toISOString() };
    const packet = ['uid', { type: 2, data: ['announcement', event], nsp: '/' }, { rooms: [], except: [] }];
    await publisher.publish(`${name}#/#`, msgpack.encode(packet) as Buffer);
    await disconnect(publisher);
  };
  for (const gateway of names) await start(gateway);
  await waitFor(() => feed.append([]), 'the feed');
  await waitFor(() => apps.every((app) => app.get(FeedLiveness, { strict: false }).state.live), 'a live feed');
  return { feed, apps, urls, start, announce, close };
}

interface ChangeOptions {
  customerId?: string;
  staffPart?: StaffPart;
}

/** A change as the API would append it. `message` makes its event longer. */
export function aChange(
  orderId: string,
  revision: number,
  message?: string,
  { customerId = 'ana', staffPart }: ChangeOptions = {},
): Change {
  const timestamp = '2026-11-23T10:00:00.000Z';
  return {
    type: revision === 1 ? 'created' : 'updated',
    ...{ orderId, customerId, revision, timestamp },
    event: JSON.stringify({ orderId, status: 'Packaging', revision, timestamp, message }),
    order: JSON.stringify({ orderId, revision }),
    ...(staffPart && { staffPart: JSON.stringify(staffPart) }),
  };
}

/** The whole numbers from `first` to `last`. */
export const upTo = (last: number, first = 1): number[] =>
  Array.from({ length: last - first + 1 }, (_, i) => i + first);
