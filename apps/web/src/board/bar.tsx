import { type RefObject } from 'react';
import { Icon } from '../marks/icon.js';
import { type BoardAddress } from '../page/address.js';
import { words } from '../page/page.js';

interface BarProps {
  address: BoardAddress;
  go: (change: Partial<BoardAddress>) => void;
  searchField: RefObject<HTMLInputElement | null>;
  badge: React.ReactNode;
  newOrder: () => void;
}

/** The line at the top: search, connection, view, new order. */
export const Bar = ({ address, go, searchField, badge, newOrder }: BarProps) => (
  <header className="bar">
    <h1>
      <a className="wordmark" href="/" aria-label="Galley">
        <Icon name="mark" />
        <span>Galley</span>
      </a>
    </h1>
    <search>
      <label className="search">
        <Icon name="search" />
        <span className="hidden">{words.bar.search}</span>
        <input
          ref={searchField}
          type="search"
          placeholder={words.bar.search}
          value={address.q}
          maxLength={100}
          onChange={({ target }) => {
            go({ q: target.value });
          }}
        />
        {address.q === '' && <kbd>/</kbd>}
      </label>
    </search>
    {badge}
    <div className="switch" role="group" aria-label={words.bar.view}>
      {(['columns', 'list'] as const).map((view) => (
        <button
          key={view}
          aria-pressed={address.view === view}
          aria-label={words.bar[view]}
          onClick={() => {
            go({ view });
          }}
        >
          <Icon name={view} />
          <span>{words.bar[view]}</span>
        </button>
      ))}
    </div>
    <button className="button button-main" aria-label={words.bar.newOrder} onClick={newOrder}>
      <Icon name="plus" />
      <span>{words.bar.newOrder}</span>
    </button>
  </header>
);
