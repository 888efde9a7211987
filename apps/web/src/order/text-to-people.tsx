import { useId, useState } from 'react';
import { type Write } from '@galley/client';
import { useMinute } from '../page/now.js';
import { dates, words } from '../page/page.js';

const MAX_LENGTH = 500;

interface TextToPeopleProps {
  /** `message`: to the customer. `note`: to colleagues. */
  kind: 'message' | 'note';
  /** What was written last. */
  last?: string | undefined;
  /** When that was, ISO 8601. */
  lastAt?: string | undefined;
  save: (text: string) => Write;
}

/** A field for a text about the order. If it is refused, the text comes back. */
export function TextToPeople({ kind, last, lastAt, save }: TextToPeopleProps) {
  const id = useId();
  const [text, setText] = useState('');
  const now = useMinute();
  const { panel } = words;
  const isMessage = kind === 'message';
  const submit = (event: React.SyntheticEvent) => {
    event.preventDefault();
    const written = text.trim();
    setText('');
    save(written).saved.catch(() => {
      setText((since) => (since === '' ? written : since));
    });
  };
  return (
    <section className="section">
      <h3>
        <label htmlFor={id}>{isMessage ? panel.message : panel.note}</label>
      </h3>
      {last !== undefined && lastAt !== undefined && (
        <p className="said">
          {last} <span className="hint">{dates.moment(lastAt, now)}</span>
        </p>
      )}
      <form onSubmit={submit}>
        <textarea
          id={id}
          className="textarea"
          maxLength={MAX_LENGTH}
          placeholder={isMessage ? panel.messagePlaceholder : panel.notePlaceholder}
          value={text}
          onChange={({ target }) => {
            setText(target.value);
          }}
        />
        <div className="under">
          <span className="hint">{isMessage ? panel.messageHint : panel.noteHint}</span>
          <button className="button" disabled={text.trim() === ''}>
            {isMessage ? panel.publish : panel.keepNote}
          </button>
        </div>
      </form>
    </section>
  );
}
