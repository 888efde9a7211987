/** What tests have opened and not closed yet, the newest last. */
const owned: (() => unknown)[] = [];

/**
 * Has something closed when the test file ends, also where a test fails before it does so itself: a client that goes on
 * reconnecting, or a process, would keep Jest from ever exiting.
 * @param close may be called although it was closed already
 */
export function own(close: () => unknown): void {
  owned.push(close);
}

/** Closes all of it, the newest first. Called by `close.setup.ts`. */
export async function closeAll(): Promise<void> {
  for (let close = owned.pop(); close; close = owned.pop()) await close();
}
