import './toast.css';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { words } from '../page/page.js';
import { type Edits } from './edits.js';

const SHOWN_MS = 8_000;

/** Says what was done, and offers to take it back: for 8 s, and as long as the pointer or the focus is on it. */
export function Toast({ edits }: { edits: Edits }) {
  const toast = useSyncExternalStore(edits.subscribe, () => edits.toast);
  const [isHeld, setHeld] = useState(false);
  const hold = () => {
    setHeld(true);
  };
  const letGo = () => {
    setHeld(false);
  };
  useEffect(() => {
    if (!toast || isHeld) return undefined;
    const timer = setTimeout(edits.dismissToast, SHOWN_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [edits, toast, isHeld]);
  return (
    <div role="status" className="toast-place">
      {toast && (
        <div
          key={toast.id}
          className="toast"
          onPointerEnter={hold}
          onPointerLeave={letGo}
          onFocus={hold}
          onBlur={letGo}
        >
          <span>{toast.text}</span>
          {toast.canUndo && (
            <button
              onClick={() => {
                setHeld(false);
                edits.undo();
              }}
            >
              <span>{words.toast.undo}</span>
              <kbd>Ctrl Z</kbd>
            </button>
          )}
        </div>
      )}
    </div>
  );
}
