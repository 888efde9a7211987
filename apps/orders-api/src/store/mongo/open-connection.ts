import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import mongoose, { type Connection } from 'mongoose';
import { explainMongoError } from './mongo-error.js';

const PAUSE_MS = 1_000;
const TELL_EVERY_MS = 15_000;

/**
 * Opens a connection. While there is no database, it tries again, and says so now and then.
 * @throws Error with a sentence that says what to do, if that takes too long, or if another attempt would fail too
 */
export async function openConnection(
  uri: string,
  options: mongoose.ConnectOptions,
  waitMs: number,
): Promise<Connection> {
  const logger = new Logger('MongoDB');
  const connection = mongoose.createConnection();
  const giveUpAt = performance.now() + waitMs;
  let tellAt = 0;
  for (;;) {
    try {
      return await connection.openUri(uri, options);
    } catch (error) {
      const { sentence, isFinal } = explainMongoError(error, uri);
      const leftMs = giveUpAt - performance.now();
      if (isFinal || leftMs <= 0) throw new Error(sentence, { cause: error });
      if (performance.now() >= tellAt) {
        tellAt = performance.now() + TELL_EVERY_MS;
        logger.warn(`${sentence}. Trying again for ${Math.ceil(leftMs / 1_000)} s`);
      }
    }
    await delay(PAUSE_MS);
  }
}
