import { FrameClient } from './frame-client.js';

/** A Socket.IO client over WebSocket that reads until it is live, and nothing from then on. */
export async function connectStalled(url: string): Promise<FrameClient> {
  const client = await FrameClient.connect(url);
  client.pause();
  return client;
}
