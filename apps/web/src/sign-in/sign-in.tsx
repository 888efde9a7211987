import './sign-in.css';
import { useState } from 'react';
import { Icon } from '../marks/icon.js';
import { signInWith } from '../page/identity.js';
import { words } from '../page/page.js';

/** Asks for a token. @param says what was wrong with the one before; empty if there was none */
export function SignIn({ says }: { says: string }) {
  const [token, setToken] = useState('');
  const text = words.signIn;
  return (
    <main className="sign-in">
      <h1 className="wordmark">
        <Icon name="mark" />
        <span>Galley</span>
      </h1>
      <h2>{text.title}</h2>
      <p>{text.hint}</p>
      {says !== '' && (
        <p className="notice notice-bad" role="alert">
          <Icon name="no" />
          <b>{says}</b>
        </p>
      )}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          signInWith(token);
        }}
      >
        <div className="field">
          <label htmlFor="token">{text.token}</label>
          <textarea
            id="token"
            className="textarea mono"
            autoComplete="off"
            spellCheck={false}
            value={token}
            onChange={({ target }) => {
              setToken(target.value);
            }}
          />
        </div>
        <button className="button button-main" disabled={token.trim() === ''}>
          {text.go}
        </button>
      </form>
    </main>
  );
}
