import { RawClient, type RawClientOptions } from './raw-client.js';

/**
 * Connects `count` clients, at most `atOnce` at a time.
 * @param onLive called each time one of them is live
 * @returns the clients, in the order of their indexes
 */
export function connectMany(
  count: number,
  optionsOf: (index: number) => RawClientOptions,
  atOnce?: number,
  onLive?: () => void,
): Promise<RawClient[]> {
  return openMany(count, (index) => RawClient.connect(optionsOf(index)), atOnce, onLive);
}

/** The same with clients of any kind. */
export async function openMany<Client>(
  count: number,
  open: (index: number) => Promise<Client>,
  atOnce = 200,
  onLive?: () => void,
): Promise<Client[]> {
  const clients: Client[] = [];
  let begun = 0;
  const openNext = async () => {
    while (begun < count) {
      const index = begun++;
      clients[index] = await open(index);
      onLive?.();
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, count) }, openNext));
  return clients;
}
