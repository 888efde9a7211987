import { RawClient } from './raw-client.js';

/** A client that reads until it is live, and nothing from then on. */
export async function connectStalled(url: string): Promise<RawClient> {
  const client = await RawClient.connect({ url });
  client.pause();
  return client;
}
