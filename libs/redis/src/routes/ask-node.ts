import { Redis } from 'ioredis';
import { type RedisLogin, type RedisNode } from '../redis-url.js';

/** How long one server may take to answer before the next one is asked. */
const ANSWER_WITHIN_MS = 1_000;

/**
 * Asks a server one question over a connection of its own.
 * @throws if it does not answer within a second
 */
export async function askNode<T>(
  node: RedisNode,
  { tls, ...login }: RedisLogin,
  question: (redis: Redis) => Promise<T>,
): Promise<T> {
  const redis = new Redis({
    ...node,
    ...login,
    ...(tls && { tls: {} }),
    lazyConnect: true,
    enableReadyCheck: false,
    disableClientInfo: true,
    retryStrategy: null,
    connectTimeout: ANSWER_WITHIN_MS,
    commandTimeout: ANSWER_WITHIN_MS,
  });
  let reason: Error | undefined;
  redis.on('error', (error) => (reason ??= error));
  try {
    return await question(redis);
  } catch (error) {
    // The question itself only says that the connection is closed.
    throw reason ?? error;
  } finally {
    redis.disconnect();
  }
}
