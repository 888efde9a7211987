/**
 * The place of a change in the change feed. The log is a chain: the digest of each change covers the change and the digest
 * before it. So a position is in a log only if the log has the same history up to there.
 */
export interface Position {
  /** A new epoch means that history was lost. The epochs of a feed sort by age. */
  epoch: string;
  /** Counts the changes of the epoch: 1, 2, 3 ... without a gap; 0 before the first. */
  seq: number;
  /** Hexadecimal digits. */
  digest: string;
}

/** The longest text that a client may send as its position. Ours have 50 characters at most. */
export const MAX_POSITION_LENGTH = 100;

const POSITION = /^([A-Za-z0-9]{1,32}):(0|[1-9]\d{0,14}):([0-9a-f]{1,32})$/;

/** A position as text: `<epoch>:<seq>:<digest>`. Clients must not take it apart. */
export const formatPosition = ({ epoch, seq, digest }: Position): string => `${epoch}:${seq}:${digest}`;

/** @returns undefined if the text is no position */
export function parsePosition(text: string): Position | undefined {
  const [, epoch, seq, digest] = POSITION.exec(text) ?? [];
  return epoch === undefined || digest === undefined ? undefined : { epoch, seq: Number(seq), digest };
}

type Place = Pick<Position, 'epoch' | 'seq'>;

export const isSameEpoch = (a: Place | undefined, b: Place | undefined): boolean => a?.epoch === b?.epoch;

/** Whether both are the same place in the same history. */
export const isSamePosition = (a: Position | undefined, b: Position | undefined): boolean =>
  distance(a, b) === 0 ? a?.digest === b?.digest : a === b;

/**
 * The number of changes from one position to another of the same log; negative if the second comes first.
 * @returns undefined if they are of different epochs, or one of them is absent
 */
export function distance(from: Place | undefined, to: Place | undefined): number | undefined {
  return from && to && isSameEpoch(from, to) ? to.seq - from.seq : undefined;
}
