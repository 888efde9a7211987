/**
 * The place of a change in the change feed; as text `<epoch>:<seq>`.
 * Within one epoch `seq` counts 1, 2, 3 ... without a gap; positions of different epochs cannot be compared.
 */
export interface Position {
  /** Random, created with the feed. A new epoch means that history was lost. */
  epoch: string;
  seq: number;
}

/** A position as text. */
export const POSITION = /^([A-Za-z0-9]{1,32}):(0|[1-9]\d{0,14})$/;

export const formatPosition = ({ epoch, seq }: Position): string => `${epoch}:${seq}`;

/** @returns undefined if the text is no position */
export function parsePosition(text: string): Position | undefined {
  const [, epoch, seq] = POSITION.exec(text) ?? [];
  return epoch === undefined ? undefined : { epoch, seq: Number(seq) };
}

export const isSameEpoch = (a: Position | undefined, b: Position | undefined): boolean => a?.epoch === b?.epoch;

/**
 * The number of changes from one position to another; negative if the second comes first.
 * @returns undefined if they are of different epochs, or one of them is absent
 */
export function distance(from: Position | undefined, to: Position | undefined): number | undefined {
  return from && to && isSameEpoch(from, to) ? to.seq - from.seq : undefined;
}

/** Whether `next` comes right after `position`. */
export const isSuccessor = (next: Position, position: Position): boolean => distance(position, next) === 1;

/** The later of two positions. A position of another epoch is later than `known`, because old epochs do not return. */
export const later = <P extends Position>(known: P | undefined, received: P): P =>
  known && (distance(known, received) ?? 0) < 0 ? known : received;
