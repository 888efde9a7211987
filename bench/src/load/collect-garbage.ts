import { sleep } from './clock.js';
import { gatewayOf, type LoadContext } from './context.js';

/** What a collection takes on a large heap, and then some. */
const COLLECTION_MS = 3_000;

/** Makes the gateway collect its garbage, so that its memory means what is in use. Resolves once it has. */
export async function collectGarbage(context: LoadContext): Promise<void> {
  const { url, pid } = gatewayOf(context);
  // SIGUSR2 would end a process that is not Node's.
  if (context.system === 'centrifugo') await (await fetch(`${url}/debug/pprof/heap?gc=1`)).arrayBuffer();
  else process.kill(pid, 'SIGUSR2');
  await sleep(COLLECTION_MS);
}
