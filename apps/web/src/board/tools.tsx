import { Suspense } from 'react';
import { ORDER_STATUSES, type Order, type OrderStatus } from '@galley/client';
import { Icon } from '../marks/icon.js';
import { Patch } from '../marks/marks.js';
import { type Edits, type PlacingTracker } from '../moves/edits.js';
import { type BoardAddress, type Filter } from '../page/address.js';
import { signInWith, storedToken } from '../page/identity.js';
import { dates, hasDemoDay, words } from '../page/page.js';
import { DemoDayButton } from './parts.js';

interface ToolsProps {
  address: BoardAddress;
  go: (change: Partial<BoardAddress>) => void;
  counts: Record<Filter, number>;
  picked: ReadonlySet<string>;
  movePicked: (status: OrderStatus) => void;
  closePicked: () => void;
  letGo: () => void;
  orders: readonly Order[];
  /** Whether there are edits that are not saved. */
  isUnsaved: boolean;
  edits: Edits;
  tracker: () => PlacingTracker;
}

const FILTERS: readonly [filter: Filter, label: string][] = [
  ['all', words.bar.all],
  ['late', words.bar.late],
  ['rush', words.bar.rush],
  ['today', words.bar.dueToday],
];

/** The line below the bar: filters and sort, or what to do with the picked orders. */
export function Tools(props: ToolsProps) {
  const { address, go, counts, picked } = props;
  if (picked.size > 0) return <PickedTools {...props} />;
  const isClosed = address.view === 'closed';
  return (
    <section className="tools" aria-label={words.bar.filter}>
      <div className="chips">
        {FILTERS.map(([filter, label]) => (
          <button
            key={filter}
            className="chip"
            aria-pressed={!isClosed && address.filter === filter}
            onClick={() => {
              go({ filter, ...(isClosed && { view: 'columns' }) });
            }}
          >
            {filter === 'late' && <Icon name="late" />}
            {filter === 'rush' && <Icon name="rush" className="solid plain" />}
            {label} <b>{dates.number(counts[filter])}</b>
          </button>
        ))}
        <button
          className="chip"
          aria-pressed={isClosed}
          onClick={() => {
            go({ view: isClosed ? 'columns' : 'closed' });
          }}
        >
          {words.bar.closed}
        </button>
        {hasDemoDay && (
          <Suspense>
            <DemoDayButton tracker={props.tracker} orders={props.orders} />
          </Suspense>
        )}
        {storedToken() !== undefined && (
          <button
            className="chip"
            onClick={() => {
              if (!props.isUnsaved || confirm(words.bar.loseUnsaved)) signInWith(undefined);
            }}
          >
            {words.bar.signOut}
          </button>
        )}
      </div>
      {!isClosed && (
        <p className="sort">
          {words.bar.sortedBy}
          <button
            onClick={() => {
              go({ sort: address.sort === 'due' ? 'newest' : 'due' });
            }}
          >
            {words.bar.sorts[address.sort]}
            <Icon name="swap" />
          </button>
        </p>
      )}
    </section>
  );
}

const PickedTools = ({ picked, movePicked, closePicked, letGo }: ToolsProps) => (
  <section className="tools" aria-label={words.picked.count(picked.size)}>
    <div className="chips">
      <span className="picked-count" role="status">
        {words.picked.count(picked.size)}
      </span>
      {ORDER_STATUSES.map((status) => (
        <button
          key={status}
          className="chip"
          aria-label={words.card.moveTo(words.stages[status].name)}
          onClick={() => {
            movePicked(status);
          }}
        >
          <Patch status={status} />
          {words.stages[status].short}
        </button>
      ))}
      <button className="chip" onClick={closePicked}>
        {words.picked.close}
      </button>
      <button className="chip" onClick={letGo}>
        {words.picked.none}
      </button>
    </div>
  </section>
);
