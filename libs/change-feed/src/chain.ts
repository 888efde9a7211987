import { createHash, randomBytes } from 'node:crypto';
import { isSamePosition, type Position } from '@galley/contracts';

/** The digest before the first change of an epoch. */
const NOTHING = '0'.repeat(16);

/** The position before the first change of an epoch. */
export const startOf = (epoch: string): Position => ({ epoch, seq: 0, digest: NOTHING });

/** The newer of two positions that were in the log. */
export function newer(a: Position | undefined, b: Position | undefined): Position | undefined {
  if (!a || !b) return a ?? b;
  const ahead = ageOf(a.epoch) - ageOf(b.epoch) || a.seq - b.seq;
  return ahead >= 0 ? a : b;
}

/** Eight random hexadecimal digits: the second half of an epoch. */
export const randomHalf = (): string => randomBytes(4).toString('hex');

/** An epoch begins with its number, in eight hexadecimal digits. */
export const ageOf = (epoch: string | undefined): number => Number.parseInt(epoch?.slice(0, 8) ?? '0', 16);

/** The epoch after these. `append.lua` does the same. */
export const epochAfter = (...epochs: (string | undefined)[]): string =>
  (Math.max(...epochs.map(ageOf)) + 1).toString(16).padStart(8, '0') + randomHalf();

/**
 * The position of the change with this header, if it comes right after `before`. `append.lua` does the same.
 * @param header the first line of the encoded change
 */
export const positionAfter = ({ epoch, seq, digest }: Position, header: string): Position => ({
  epoch,
  seq: seq + 1,
  digest: createHash('sha1').update(`${digest} ${header}`).digest('hex').slice(0, NOTHING.length),
});

/** Whether the change at `position`, which has this header, comes right after `before`. */
export const follows = (position: Position, header: string, before: Position): boolean =>
  isSamePosition(position, positionAfter(before, header));
