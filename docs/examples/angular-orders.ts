import { DestroyRef, inject, signal } from '@angular/core';
import { trackOrders, type TrackOrdersOptions } from '@galley/client';

/** In a component: `orders = injectOrders({ url: location.origin })`, and in its template `orders.state().connection`. */
export function injectOrders(options: TrackOrdersOptions) {
  const tracker = trackOrders(options);
  const state = signal(tracker.getSnapshot());
  tracker.subscribe(() => state.set(tracker.getSnapshot()));
  inject(DestroyRef).onDestroy(tracker.close);
  return { state: state.asReadonly(), tracker };
}
