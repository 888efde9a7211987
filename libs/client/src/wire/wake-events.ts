/** The events of a browser after which a page continues. Other programs do not have them. */
const EVENTS = { window: ['online', 'pageshow'], document: ['visibilitychange'] } as const;

type Page = Partial<EventTarget> & { document?: Partial<EventTarget> & { visibilityState?: string } };

/**
 * Calls the listener when the network is back, or when the page is shown again.
 * @returns a function that ends this
 */
export function onWake(listener: () => void, page: Page = globalThis as Page): () => void {
  const wake = () => {
    if (page.document?.visibilityState !== 'hidden') listener();
  };
  for (const name of EVENTS.window) page.addEventListener?.(name, wake);
  for (const name of EVENTS.document) page.document?.addEventListener?.(name, wake);
  return () => {
    for (const name of EVENTS.window) page.removeEventListener?.(name, wake);
    for (const name of EVENTS.document) page.document?.removeEventListener?.(name, wake);
  };
}
