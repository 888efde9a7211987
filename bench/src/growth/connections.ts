import { type Chart, type Point } from '../chart/chart.js';
import { connectClients, customerToken } from '../load/clients.js';
import { now } from '../load/clock.js';
import { collectGarbage } from '../load/collect-garbage.js';
import { gatewayOf, type LoadContext } from '../load/context.js';
import { residentBytes } from '../load/process-usage.js';

/** A process may have some 20,000 descriptors, and needs a few itself. */
const STEPS = [1_000, 4_000, 7_000, 10_000, 13_000, 16_000, 19_000];

/** What idle connections take of the memory of a gateway, and how fast more of them come. */
export async function growConnections(context: LoadContext): Promise<Chart> {
  const { pid } = gatewayOf(context);
  const kilobytes: Point[] = [];
  const perSecond: Point[] = [];
  await collectGarbage(context);
  const empty = residentBytes(pid);
  let connected = 0;
  for (const connections of STEPS) {
    const more = connections - connected;
    const first = connected;
    const tokens = await Promise.all(
      Array.from({ length: more }, (_, i) => customerToken(context, `customer-${first + i}`, `order-${first + i}`)),
    );
    const started = now();
    await connectClients(context, more, (i) => ({ token: tokens[i], orderId: `order-${first + i}` }));
    perSecond.push({ x: connections, y: (more * 1_000_000) / (now() - started) });
    connected = connections;
    await collectGarbage(context);
    kilobytes.push({ x: connections, y: (residentBytes(pid) - empty) / connections / 1_000 });
  }
  const xLabel = 'connections of one gateway';
  return {
    title: 'Connections of one gateway',
    description: 'The memory of a connection, and how many more come each second, at up to 19,000 connections.',
    panels: [
      { title: 'KB a connection', xLabel, series: [{ name: 'memory', points: kilobytes }] },
      { title: 'connects/s', xLabel, series: [{ name: 'rate', points: perSecond }] },
    ],
  };
}
