import { RawClient, type RawClientOptions } from './raw-client.js';

/**
 * Connects `count` clients, at most `atOnce` at a time.
 * @param onLive called each time one of them is live
 * @returns the clients, in the order of their indexes
 */
export async function connectMany(
  count: number,
  optionsOf: (index: number) => RawClientOptions,
  atOnce = 200,
  onLive?: () => void,
): Promise<RawClient[]> {
  const clients: RawClient[] = [];
  let begun = 0;
  const connectNext = async () => {
    while (begun < count) {
      const index = begun++;
      clients[index] = await RawClient.connect(optionsOf(index));
      onLive?.();
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, count) }, connectNext));
  return clients;
}
