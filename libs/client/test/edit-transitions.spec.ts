import { describe, expect, it } from '@jest/globals';
import { TrackerError } from '../src/sync/tracker-error.js';
import { hasEnded, transition, type EditEvent, type EditState } from '../src/writes/edit-transitions.js';
import { WriteError } from '../src/writes/write-error.js';
import { anOrder } from './server-model.js';

const problem = new TrackerError('The network is away');
const error = new WriteError('It was undone before it was sent', { reason: 'undone' });

const STATES: EditState[] = [
  { name: 'waiting' },
  { name: 'sent' },
  { name: 'sent', problem },
  { name: 'unsure', problem },
  { name: 'saved', order: anOrder('a1') },
  { name: 'needless' },
  { name: 'refused', error },
];
const EVENTS: EditEvent[] = [
  { type: 'send' },
  { type: 'unanswered', problem },
  { type: 'outdated' },
  { type: 'saved', order: anOrder('a1', { revision: 2 }) },
  { type: 'needless' },
  { type: 'refused', error },
];
const pairs = STATES.flatMap((state) => EVENTS.map((event) => [state, event] as const));

describe('the states of an edit', () => {
  it('never end twice', () => {
    for (const [state, event] of pairs) if (hasEnded(state)) expect(transition(state, event)).toBe(state);
  });

  it('are saved only by the answer to a request that is under way', () => {
    for (const [state, event] of pairs) {
      if (hasEnded(state) || transition(state, event).name !== 'saved') continue;
      expect([state.name, event.type]).toEqual(['sent', 'saved']);
    }
  });

  it('are never sent while a request is under way', () => {
    for (const [state, event] of pairs) {
      const next = transition(state, event);
      if (next.name === 'sent' && state.name !== 'sent') expect(['waiting', 'unsure']).toContain(state.name);
    }
  });

  it('are certain again only after an answer that says so', () => {
    for (const [state, event] of pairs) {
      const mayBeStored = state.name === 'sent' || state.name === 'unsure';
      if (mayBeStored && transition(state, event).name === 'waiting') expect(event.type).toBe('outdated');
    }
  });

  it('keep the last problem until the edit ends', () => {
    const unsure = transition({ name: 'sent' }, { type: 'unanswered', problem });
    expect(unsure).toEqual({ name: 'unsure', problem });
    expect(transition(unsure, { type: 'send' })).toEqual({ name: 'sent', problem });
  });
});
