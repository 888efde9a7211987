import { useEffect, useRef } from 'react';

interface PageKeys {
  search: () => void;
  undo: () => void;
  newOrder: () => void;
  escape: () => void;
}

/** In a field, keys write. */
const isField = (target: EventTarget | null) =>
  target instanceof Element && target.matches('input:not([type=checkbox]), textarea, select');

/** The keys that work wherever the focus is: `/` searches, Ctrl-Z takes the last move back, `n` places an order, Esc closes. */
export function usePageKeys(keys: PageKeys): void {
  const latest = useRef(keys);
  useEffect(() => {
    latest.current = keys;
  });
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented || document.querySelector('dialog[open], [popover]:popover-open')) return;
      const { key, ctrlKey, metaKey, altKey, shiftKey, target } = event;
      const { search, undo, newOrder, escape } = latest.current;
      if (key === 'Escape') {
        if (isField(target)) (target as HTMLElement).blur();
        else escape();
        return;
      }
      if (isField(target) || altKey) return;
      const action =
        ctrlKey || metaKey ? key.toLowerCase() === 'z' && !shiftKey && undo : { '/': search, n: newOrder }[key];
      if (!action) return;
      event.preventDefault();
      action();
    };
    addEventListener('keydown', press);
    return () => {
      removeEventListener('keydown', press);
    };
  }, []);
}
