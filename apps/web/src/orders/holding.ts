import { useCallback, useMemo, useRef, useState, type FocusEvent, type PointerEvent } from 'react';
import { holdUpTo, without, type Columns, type Held } from './arrange.js';

/** The id of the order on whose card or row something has happened. */
export const orderIdAt = (target: EventTarget | null): string | undefined =>
  (target as Element | null)?.closest<HTMLElement>('[data-order]')?.dataset.order;

/** Only a focus that is shown counts: after a click nobody knows that there is one. */
export const orderIdWithFocus = (target: EventTarget): string | undefined =>
  (target as Element).matches(':focus-visible') ? orderIdAt(target) : undefined;

const HOLDERS = ['pointer', 'focus'] as const;
type Holder = (typeof HOLDERS)[number];

/** Finds out what is under the pointer or focused, so that it stays where it is. */
export function useHolding() {
  const [held, setHeld] = useState<Partial<Record<Holder, Held>>>({});
  /** What is shown now: a hold is about that. */
  const shown = useRef<Columns>(undefined);

  const hold = useCallback((by: Holder, orderId: string | undefined) => {
    setHeld((now) => {
      const next = orderId !== undefined && shown.current ? holdUpTo(shown.current, orderId) : undefined;
      return next === now[by] ? now : { ...now, [by]: next };
    });
  }, []);

  /** Lets orders go that this page moves itself. */
  const release = useCallback((orderIds: Iterable<string>) => {
    const moved = new Set(orderIds);
    setHeld((now) => Object.fromEntries(HOLDERS.map((by) => [by, now[by] && without(now[by], moved)] as const)));
  }, []);

  const handlers = useMemo(
    () => ({
      onPointerOver: ({ target }: PointerEvent) => {
        hold('pointer', orderIdAt(target));
      },
      onPointerLeave: () => {
        hold('pointer', undefined);
      },
      onFocus: ({ target }: FocusEvent) => {
        hold('focus', orderIdWithFocus(target));
      },
      onBlur: () => {
        hold('focus', undefined);
      },
    }),
    [hold],
  );
  const holds = useMemo(() => HOLDERS.flatMap((by) => held[by] ?? []), [held]);
  return { holds, shown, release, handlers };
}
