import { z } from 'zod';
import { parseRedisUrl } from './redis-url.js';

/** The environment variable with the URL of Redis, in the forms of `parseRedisUrl`. */
export const redisUrlVariable = z
  .string()
  .meta({
    description: 'the Redis of all apps; it has [three forms](#the-url-of-redis)',
    form: 'URL',
    isSecret: true,
  })
  .superRefine((text, context) => {
    try {
      parseRedisUrl(text);
    } catch (error) {
      context.addIssue((error as Error).message);
    }
  });
