/** How long a peer waits that is refused, since it would only measure refusals. */
export const REFUSED_PAUSE_MS = 50;

/**
 * Starts a polling connection of Socket.IO.
 * @returns the URL of its requests
 * @throws if the handshake is refused
 */
export async function startPolling(url: string): Promise<URL> {
  const target = new URL('/socket.io/?EIO=4&transport=polling', url);
  const answer = await (await fetch(target)).text();
  target.searchParams.set('sid', (JSON.parse(answer.slice(1)) as { sid: string }).sid);
  return target;
}
