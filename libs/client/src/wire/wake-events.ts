type Page = Partial<EventTarget> & { document?: Partial<EventTarget> & { visibilityState?: string } };

/**
 * Calls the listener when the network is back, or when the page is shown again. Other programs than pages have no such events.
 * @returns a function that ends this
 */
export function onWake(listener: () => void, page: Page = globalThis as Page): () => void {
  const { document } = page;
  // As options of `addEventListener`, it is `{ signal }`.
  const stopped = new AbortController();
  const wake = () => {
    if (document?.visibilityState !== 'hidden') listener();
  };
  for (const name of ['online', 'pageshow']) page.addEventListener?.(name, wake, stopped);
  document?.addEventListener?.('visibilitychange', wake, stopped);
  return () => {
    stopped.abort();
  };
}
