import { Fragment } from 'react';
import { type HistoryEntry } from '@galley/client';
import { Icon } from '../marks/icon.js';
import { Patch } from '../marks/marks.js';
import { fieldText } from '../moves/difference.js';
import { nameOf } from '../page/identity.js';
import { useMinute } from '../page/now.js';
import { dates, words } from '../page/page.js';
import { stepsOf, type Step } from './history.js';

/** @param entries newest first. @param isAll whether the last of them is the first change of the order */
export function Timeline({ entries, isAll }: { entries: readonly HistoryEntry[]; isAll: boolean }) {
  const now = useMinute();
  // Without the change before it, nobody can tell what a change has done.
  const shown = isAll ? entries : entries.slice(0, -1);
  return (
    <ol className="timeline">
      {shown.map((entry, index) => {
        const steps = stepsOf(entry, entries[index + 1]);
        const isMove = steps[0]?.what === 'moved' || steps[0]?.what === 'placed';
        return (
          <li key={entry.revision}>
            {isMove ? <Patch status={entry.status} /> : <span className="node" aria-hidden="true" />}
            <span>
              <b>{nameOf(entry.actor, 'first') ?? words.people.somebody}</b>{' '}
              {steps.map((step, place) => (
                <Fragment key={place}>
                  {place > 0 && ', '}
                  <StepText step={step} />
                </Fragment>
              ))}
            </span>
            <time dateTime={entry.timestamp}>{dates.moment(entry.timestamp, now)}</time>
            {entry.message !== undefined && (
              <p className="note">
                <Icon name="message" />
                <span>
                  <b>{words.history.message}</b> {entry.message}
                </span>
              </p>
            )}
            {entry.note !== undefined && (
              <p className="note">
                <Icon name="note" />
                <span>
                  <b>{words.history.note}</b> {entry.note}
                </span>
              </p>
            )}
          </li>
        );
      })}
    </ol>
  );
}

function StepText({ step }: { step: Step }) {
  const now = useMinute();
  const text = words.history;
  switch (step.what) {
    case 'placed':
      return text.placed;
    case 'moved': {
      const [before, stage] = text.movedTo(words.stages[step.to].name);
      return (
        <>
          {before}
          <b>{stage}</b>
        </>
      );
    }
    case 'changed':
      return (
        <>
          {text.changed(words.fields[step.field])}
          <span className="was">{fieldText(step.field, step.from, now)}</span>{' '}
          <b>{fieldText(step.field, step.to, now)}</b>
        </>
      );
    case 'marked rush':
    case 'unmarked rush': {
      const [before, rush, after] = step.what === 'marked rush' ? text.markedRush : text.unmarkedRush;
      return (
        <>
          {before}
          <b>{rush}</b>
          {after}
        </>
      );
    }
    case 'closed':
      return text.closed;
    case 'reopened':
      return text.reopened;
    case 'wrote':
      return text.wrote;
    case 'noted':
      return text.noted;
  }
}
