import { setTimeout as delay } from 'node:timers/promises';
import { type Scene } from './fault-case.js';

const MOVE_EVERY_MS = 30;

/** Again and again a client is chosen: it loses its connection, or moves to any gateway. */
export async function moveClients({ cluster, workload, faultMs }: Scene): Promise<void> {
  const { random, clients } = workload;
  const urls = cluster.gatewayUrls;
  const end = Date.now() + faultMs;
  while (Date.now() < end) {
    const client = clients[Math.floor(random() * clients.length)];
    if (random() < 0.5) client?.cut();
    else client?.moveTo(urls[Math.floor(random() * urls.length)] ?? '');
    await delay(MOVE_EVERY_MS);
  }
}

/** Clients that have heard the newest changes go to the first gateway. */
export async function moveToFirstGateway({ cluster, workload, faultMs }: Scene): Promise<void> {
  const [first = ''] = cluster.gatewayUrls;
  await delay(faultMs / 2);
  for (const [i, client] of workload.clients.entries()) if (i % 3 !== 0) client.moveTo(first);
}

/** The clients of the first gateway go to the others. */
export async function leaveFirstGateway({ cluster, workload, faultMs }: Scene): Promise<void> {
  const urls = cluster.gatewayUrls;
  await delay(faultMs / 2);
  for (const [i, client] of workload.clients.entries()) {
    if (i % urls.length === 0) client.moveTo(urls[1 + (i % (urls.length - 1))] ?? '');
  }
}

/** All clients lose their connection. */
export function cutClients({ workload }: Scene): Promise<void> {
  for (const client of workload.clients) client.cut();
  return Promise.resolve();
}
