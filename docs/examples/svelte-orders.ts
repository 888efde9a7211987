import { readable } from 'svelte/store';
import { trackOrders, type TrackOrdersOptions } from '@galley/client';

/** `const orders = ordersStore({ url: location.origin })`, and in the markup `$orders.connection`. */
export function ordersStore(options: TrackOrdersOptions) {
  const tracker = trackOrders(options);
  tracker.stop();
  return readable(tracker.getSnapshot(), (set) => {
    tracker.start();
    const unsubscribe = tracker.subscribe(() => set(tracker.getSnapshot()));
    return () => [unsubscribe, tracker.stop].forEach((end) => end());
  });
}
