import { parsePosition, type Position } from '@galley/contracts';

const SEQ_DIGITS = 15;

/** A position as text that sorts by age: epochs do so by themselves, and the sequence number is padded. */
export const sortKey = ({ epoch, seq, digest }: Position): string =>
  `${epoch}:${String(seq).padStart(SEQ_DIGITS, '0')}:${digest}`;

/** @returns undefined if the text is no sort key */
export const fromSortKey = (key: string): Position | undefined => parsePosition(key.replace(/:0+(?=\d)/, ':'));
