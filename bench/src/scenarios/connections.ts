import { connectMany } from '@galley/verification';
import { sleep } from '../load/clock.js';
import { clientOptions, gatewayOf, mintTokenOf, type Figure, type LoadContext } from '../load/context.js';
import { residentBytes } from '../load/process-usage.js';
import { measureUsage } from '../load/usage.js';

const FIRST = 1_000;
/** What a collection takes on a large heap, and then some. */
const COLLECTION_MS = 3_000;

/** Idle sockets, each of a customer of its own and in the room of that one's order: what one takes of memory, and how fast they come. */
export async function connections(context: LoadContext): Promise<Figure[]> {
  const { pid } = gatewayOf(context);
  const more = context.quick ? 5_000 : 14_000;
  const tokens = await Promise.all(
    Array.from({ length: FIRST + more }, (_, i) => mintTokenOf(context, 'customer', `customer-${i}`)),
  );
  const optionsOf = (i: number) => clientOptions(context, { token: tokens[i], rooms: [{ orderId: `order-${i}` }] });
  const settled = async () => {
    await sleep(500);
    process.kill(pid, 'SIGUSR2'); // collects its garbage
    await sleep(COLLECTION_MS);
    return residentBytes(pid);
  };
  await connectMany(FIRST, optionsOf);
  const before = await settled();
  const measured = measureUsage(context);
  await connectMany(more, (i) => optionsOf(FIRST + i));
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
