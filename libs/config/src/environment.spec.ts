import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { type ConfigError, readEnvironment, variables } from './index.js';

const schema = z.object({ PORT: variables.port(3000), REDIS_URL: variables.redisUrl, LOG_FORMAT: variables.logFormat });

const refusal = (env: NodeJS.ProcessEnv): ConfigError => {
  try {
    readEnvironment(schema, env);
  } catch (error) {
    return error as ConfigError;
  }
  throw new Error('the environment was accepted');
};

describe('readEnvironment', () => {
  it('takes what is set and falls back for what is not, or is set to nothing', () => {
    expect(readEnvironment(schema, { PORT: '', REDIS_URL: ' redis://localhost:6379 ', OTHER: 'x' })).toEqual({
      PORT: 3000,
      REDIS_URL: 'redis://localhost:6379',
      LOG_FORMAT: 'text',
    });
  });

  it('names every wrong and every missing key at once', () => {
    expect(refusal({ PORT: '70000', LOG_FORMAT: 'xml' }).problems).toEqual([
      'PORT: must be a whole number from 0 to 65535',
      'REDIS_URL must be set',
      expect.stringMatching(/^LOG_FORMAT: /),
    ]);
  });

  it('never repeats a value, which may be a secret', () => {
    expect(refusal({ REDIS_URL: 'http://user:hunter2@host' }).message).not.toContain('hunter2');
  });
});
