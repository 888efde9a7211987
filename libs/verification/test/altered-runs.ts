import { type ChangeRecord, type ClientLog, type LogRecord, type Run } from '../src/checker/run.js';
import { placesOf, type Place } from './places.js';

/** @returns the run with a fault at one place */
export type Site = () => Run;

/** Replaces `count` records of a client's log. */
export const spliced = (run: Run, log: ClientLog, at: number, count: number, ...records: LogRecord[]): Run => ({
  ...run,
  clients: run.clients.map((other) =>
    other === log ? { ...log, records: log.records.toSpliced(at, count, ...records) } : other,
  ),
});

export const atPlaces = (run: Run, may: (place: Place) => boolean, break_: (place: Place) => Run): Site[] =>
  placesOf(run)
    .filter(may)
    .map((place) => () => break_(place));

export const isPair = ({ from, to }: Place) => to - from === 2;
export const recordsOf = ({ log, from, to }: Place) => log.records.slice(from, to);
export const epochOf = ({ record }: Place) => record.position.split(':')[0] ?? '';
const far = (place: Place) => `${epochOf(place)}:1000000:0`;

/** The record right after a place, if it is a change. */
export const nextOf = ({ log, to }: Place): ChangeRecord | undefined => {
  const next = log.records[to];
  return next?.kind === 'change' ? next : undefined;
};

export const alter = (run: Run, place: Place, change: Partial<ChangeRecord>): Run => {
  const altered = recordsOf(place).map((record) => (record.kind === 'change' ? { ...record, ...change } : record));
  return spliced(run, place.log, place.from, altered.length, ...altered);
};

export const insert = (run: Run, place: Place, change: Partial<ChangeRecord>): Run =>
  spliced(run, place.log, place.to, 0, { ...place.record, position: far(place), ...change });
