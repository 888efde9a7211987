import { randomBytes } from 'node:crypto';

/** 16 hexadecimal digits, never the same again. */
export const newEpoch = (): string => randomBytes(8).toString('hex');
