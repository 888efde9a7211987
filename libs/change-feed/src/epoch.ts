import { randomBytes } from 'node:crypto';

/** 16 random hexadecimal digits. */
export const newEpoch = (): string => randomBytes(8).toString('hex');
