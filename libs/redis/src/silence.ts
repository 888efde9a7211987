import { type Redis } from 'ioredis';

const CHECK_EVERY_MS = 250;

/**
 * Ends each connection on which nothing comes for a time although commands wait for their answers. Then they fail, and the
 * next connection is made.
 *
 * The time counts only while this process runs. After a process was held up, the answer may wait in the socket already, but
 * timers that have become due run before anything is read: ioredis' own `socketTimeout` would take the server for dead.
 *
 * @param maxSilenceMs a multiple of 250
 */
export function endWhenSilent(redis: Redis, maxSilenceMs: number): Redis {
  redis.on('connect', () => {
    const { stream } = redis;
    let silentMs = 0;
    const heard = () => {
      silentMs = 0;
    };
    // However late it is, an interval is called once before the next events are read.
    const timer = setInterval(() => {
      silentMs = redis.commandQueue.length > 0 ? silentMs + CHECK_EVERY_MS : 0;
      if (silentMs >= maxSilenceMs) stream.destroy(new Error(`Nothing came for ${maxSilenceMs} ms`));
    }, CHECK_EVERY_MS).unref();
    stream.on('data', heard);
    stream.once('close', () => {
      clearInterval(timer);
    });
  });
  return redis;
}
