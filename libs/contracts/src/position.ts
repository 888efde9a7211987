import { z } from 'zod';

/**
 * Where a change stands in the change feed: `<epoch>:<seq>`.
 * Within one epoch `seq` counts 1, 2, 3 ... without a gap; positions of different epochs cannot be compared.
 */
export interface Position {
  /** Random, created with the feed; a new one means that history was lost. */
  epoch: string;
  seq: number;
}

const PATTERN = /^([A-Za-z0-9]{1,32}):(0|[1-9]\d{0,14})$/;

export const position = z.string().regex(PATTERN, 'must be "<epoch>:<seq>"');

export const formatPosition = ({ epoch, seq }: Position): string => `${epoch}:${seq}`;

export function parsePosition(text: string): Position | undefined {
  const [, epoch, seq] = PATTERN.exec(text) ?? [];
  return epoch === undefined ? undefined : { epoch, seq: Number(seq) };
}
