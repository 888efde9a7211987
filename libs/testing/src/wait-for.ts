const CHECK_EVERY_MS = 5;

/**
 * Waits until `check` returns something truthy, or a promise of anything but `false` or undefined. A rejection counts as
 * "not yet".
 * @throws after `deadline` milliseconds, naming `what` did not happen, with the last rejection as its cause
 */
export async function waitFor<T>(
  check: () => T | Promise<T>,
  what: string,
  deadline = 15_000,
): Promise<Exclude<T, undefined>> {
  const end = performance.now() + deadline;
  let cause: unknown;
  for (;;) {
    try {
      const result = check();
      const settled = await result;
      if (result instanceof Promise ? settled !== false && settled !== undefined : settled)
        return settled as Exclude<T, undefined>;
    } catch (error) {
      cause = error;
    }
    if (performance.now() > end) throw new Error(`Waited ${deadline} ms for ${what}, which did not happen`, { cause });
    await new Promise((resolve) => setTimeout(resolve, CHECK_EVERY_MS));
  }
}
