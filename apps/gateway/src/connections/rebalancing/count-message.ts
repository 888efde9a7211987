import { z } from 'zod';

/** What a gateway tells the others. */
export interface CountMessage {
  /** Its name. */
  gateway: string;
  connections: number;
  /** Whether it sends its clients elsewhere, because it stops. */
  isStopping: boolean;
}

/** Longer than any message of a gateway. */
const MAX_MESSAGE_LENGTH = 200;

const countMessage: z.ZodType<CountMessage> = z.strictObject({
  gateway: z.string().min(1).max(63),
  connections: z.int().min(0).max(1_000_000),
  isStopping: z.boolean(),
});

/** @returns undefined if it is no message of a gateway */
export function parseCountMessage(text: string): CountMessage | undefined {
  if (text.length > MAX_MESSAGE_LENGTH) return undefined;
  try {
    return countMessage.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
