import { setTimeout as delay } from 'node:timers/promises';
import { waitFor } from '@galley/testing';
import { FEED_MESSAGE } from '../harness/fault-proxy.js';
import { moveClients } from './client-moves.js';
import { type Scene } from './fault-case.js';

export async function killGateway({ cluster }: Scene): Promise<void> {
  const [gateway] = cluster.gateways;
  await gateway?.kill();
  await gateway?.start();
}

/** An API dies between a commit and its append, as often as the time allows. */
export async function crashBeforeAppend({ cluster, faultMs }: Scene): Promise<void> {
  const [api] = cluster.apis;
  const end = Date.now() + faultMs;
  await api?.kill();
  do {
    api?.run('apps/orders-api/test/crash-before-append.mjs');
    await api?.ended();
  } while (Date.now() < end);
  await api?.start();
}

export async function restartRedis({ cluster }: Scene): Promise<void> {
  await cluster.redis.kill();
  await cluster.redis.restart();
}

export async function freezeRedis({ cluster, faultMs }: Scene): Promise<void> {
  await cluster.redis.freeze();
  await delay(faultMs);
  await cluster.redis.thaw();
}

export async function wipeRedis({ cluster }: Scene): Promise<void> {
  await cluster.sendToRedis('FLUSHALL');
}

export async function dropMessage({ cluster }: Scene): Promise<void> {
  const [proxy] = cluster.hops['gateway-Redis'];
  proxy?.drop('toClient', FEED_MESSAGE);
  await waitFor(() => proxy?.toDrop === 0, 'the message to be dropped');
}

export async function dropLastMessage(scene: Scene): Promise<void> {
  const { workload } = scene;
  await workload.settled();
  await Promise.all([dropMessage(scene), workload.writers.run(1)]);
}

export async function everythingAtOnce(scene: Scene): Promise<void> {
  await Promise.all([
    killGateway(scene),
    moveClients(scene),
    (async () => {
      await dropMessage(scene);
      await restartRedis(scene);
      await wipeRedis(scene);
      await freezeRedis(scene);
    })(),
  ]);
}
