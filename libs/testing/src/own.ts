/** Everything that tests have opened and not closed yet, the newest last. */
const owned: (() => unknown)[] = [];

/**
 * Closes something when the test file ends, even if a test fails before it does so itself. Otherwise a client that keeps
 * reconnecting, or a process, would keep Jest from exiting.
 * @param close may be called although the thing is already closed
 */
export function own(close: () => unknown): void {
  owned.push(close);
}

/** Closes everything, the newest first. `close.setup.ts` calls it, and programs that use the harness without Jest. */
export async function closeAll(): Promise<void> {
  for (let close = owned.pop(); close; close = owned.pop()) await close();
}
