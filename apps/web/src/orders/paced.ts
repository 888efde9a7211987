import { useEffect, useRef, useState } from 'react';

/**
 * The value, but another one at most once in `pauseMs` milliseconds: the first at once, and the last one in any case. So a board of
 * 10,000 orders, 200 of which change a second, is not computed 200 times a second.
 * @param urgent with another one of this, the value is shown at once
 */
export function usePaced<T>(value: T, pauseMs: number, urgent?: unknown): T {
  const [shown, setShown] = useState(value);
  const state = useRef<{ latest: T; shown: T; urgent: unknown; timer?: ReturnType<typeof setTimeout> | undefined }>({
    latest: value,
    shown: value,
    urgent,
  });
  useEffect(() => {
    const paced = state.current;
    paced.latest = value;
    const show = () => {
      paced.timer = undefined;
      if (paced.shown === paced.latest) return;
      paced.shown = paced.latest;
      setShown(paced.latest);
      paced.timer = setTimeout(show, pauseMs);
    };
    if (paced.urgent !== urgent) {
      paced.urgent = urgent;
      clearTimeout(paced.timer);
      paced.timer = undefined;
    }
    if (paced.timer === undefined) show();
  }, [value, pauseMs, urgent]);
  useEffect(
    () => () => {
      clearTimeout(state.current.timer);
      state.current.timer = undefined;
    },
    [],
  );
  return shown;
}
