import { onScopeDispose, shallowRef } from 'vue';
import { trackOrders, type TrackOrdersOptions } from '@galley/client';

/** In a component's setup: `const { state, tracker } = useOrders({ url: location.origin })`. */
export function useOrders(options: TrackOrdersOptions) {
  const tracker = trackOrders(options);
  const state = shallowRef(tracker.getSnapshot());
  tracker.subscribe(() => (state.value = tracker.getSnapshot()));
  onScopeDispose(tracker.close);
  return { state, tracker };
}
