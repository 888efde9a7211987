import { useEffect } from 'react';

/** Keeps the screen on while the page is shown. A browser that cannot, or may not, leaves it to the machine. */
export function useAwakeScreen(): void {
  useEffect(() => {
    let lock: WakeLockSentinel | undefined;
    let isEnded = false;
    const hold = async () => {
      if (document.visibilityState !== 'visible') return;
      const taken = await navigator.wakeLock.request('screen').catch(() => undefined);
      if (isEnded) await taken?.release();
      else lock = taken;
    };
    const holdAgain = () => {
      void hold();
    };
    if ('wakeLock' in navigator) {
      holdAgain();
      // The browser lets go whenever the page is hidden.
      document.addEventListener('visibilitychange', holdAgain);
    }
    return () => {
      isEnded = true;
      document.removeEventListener('visibilitychange', holdAgain);
      void lock?.release();
    };
  }, []);
}
