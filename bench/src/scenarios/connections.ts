import { connectClients, customerToken } from '../load/clients.js';
import { sleep } from '../load/clock.js';
import { collectGarbage } from '../load/collect-garbage.js';
import { gatewayOf, type Figure, type LoadContext } from '../load/context.js';
import { residentBytes } from '../load/process-usage.js';
import { measureUsage } from '../load/usage.js';

const FIRST = 1_000;

/** Idle sockets, each of a customer of its own and in the room of that one's order: what one takes of memory, and how fast they come. */
export async function connections(context: LoadContext): Promise<Figure[]> {
  const { pid } = gatewayOf(context);
  const more = context.quick ? 5_000 : 14_000;
  const tokens = await Promise.all(
    Array.from({ length: FIRST + more }, (_, i) => customerToken(context, `customer-${i}`, `order-${i}`)),
  );
  const wishesOf = (i: number) => ({ token: tokens[i], orderId: `order-${i}` });
  const settled = async () => {
    await sleep(500);
    await collectGarbage(context);
    return residentBytes(pid);
  };
  await connectClients(context, FIRST, wishesOf);
  const before = await settled();
  const measured = measureUsage(context);
  await connectClients(context, more, (i) => wishesOf(FIRST + i));
  const usage = measured();
  const bytes = ((await settled()) - before) / more;
  return [
    {
      name: 'connections-memory',
      unit: 'KB per connection',
      better: 'lower',
      valid: true,
      value: bytes / 1_000,
      usage,
    },
    {
      ...{ name: 'connections-rate', unit: 'connects/s', better: 'higher', valid: true },
      ...{ value: more / usage.seconds, usage },
    },
  ];
}
