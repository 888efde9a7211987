import { mongo, MongooseError } from 'mongoose';
import { GalleyError } from '#contracts';

/** How long an operation may take, in milliseconds, before its caller is told to try again. */
const ANSWER_WITHIN = 1_800;

/**
 * Runs an operation of the database, bounded in time.
 * @throws GalleyError `unavailable` where the database cannot be reached or stays silent
 */
export async function available<T>(operation: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(unavailable());
    }, ANSWER_WITHIN);
  });
  try {
    return await Promise.race([operation(), silence]);
  } catch (error) {
    throw isOutage(error) ? unavailable(error) : error;
  } finally {
    clearTimeout(timer);
  }
}

const unavailable = (cause?: unknown) =>
  new GalleyError('unavailable', 'The database does not answer', { cause, retryAfterSeconds: 1 });

/** Mongoose speaks for itself where there is no connection yet; everything else it throws is a defect of ours. */
function isOutage(error: unknown): boolean {
  if (error instanceof mongo.MongoServerError) return error.hasErrorLabel('RetryableWriteError');
  if (error instanceof mongo.MongoError) {
    return (
      error instanceof mongo.MongoNetworkError ||
      error instanceof mongo.MongoServerSelectionError ||
      error instanceof mongo.MongoNotConnectedError ||
      error instanceof mongo.MongoTopologyClosedError
    );
  }
  return error instanceof MongooseError && /initial connection|buffering timed out/.test(error.message);
}
