import { useEffect, useId, useRef } from 'react';
import { Icon } from '../marks/icon.js';
import { words } from '../page/page.js';

interface NativeDialogProps {
  title: string;
  dismiss: () => void;
  /** Asked before Esc closes it; if absent, it may. */
  mayLeave?: () => boolean;
  foot: React.ReactNode;
  children: React.ReactNode;
}

/** A modal dialog of the browser: it keeps the focus, closes with Esc, and gives the focus back. */
export function NativeDialog({ title, dismiss, mayLeave, foot, children }: NativeDialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    const opener = document.activeElement;
    const dialog = element.current;
    if (dialog && !dialog.open) dialog.showModal();
    dialog?.querySelector<HTMLElement>('form input')?.focus();
    return () => {
      if (opener instanceof HTMLElement) opener.focus();
      // What has opened it may be gone: then the keys go on at the board's one card or row that Tab leads to.
      if (document.activeElement === document.body) document.querySelector<HTMLElement>('main [tabindex="0"]')?.focus();
    };
  }, []);
  const leave = () => {
    if (mayLeave?.() !== false) dismiss();
  };
  return (
    <dialog
      ref={element}
      className="dialog"
      aria-labelledby={titleId}
      onCancel={(event) => {
        if (mayLeave?.() === false) event.preventDefault();
      }}
      onClose={dismiss}
    >
      <header>
        <h2 id={titleId}>{title}</h2>
        <button className="button button-quiet button-icon" aria-label={words.dialog.close} onClick={leave}>
          <Icon name="close" />
        </button>
      </header>
      {children}
      <footer>{foot}</footer>
    </dialog>
  );
}
