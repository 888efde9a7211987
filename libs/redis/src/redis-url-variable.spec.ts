import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { readEnvironment } from '@galley/runtime';
import { redisUrlVariable } from './redis-url-variable.js';

const read = (url: string) => () => readEnvironment(z.object({ REDIS_URL: redisUrlVariable }), { REDIS_URL: url });

describe('the variable with the URL of Redis', () => {
  it('takes a URL that can be connected to', () => {
    expect(read('redis://localhost:6379')()).toEqual({ REDIS_URL: 'redis://localhost:6379' });
  });

  it('says what is wrong with another one, and never what it was', () => {
    expect(read('redis+sentinel://localhost')).toThrow('REDIS_URL: must end with the name of the primary');
    expect(read('http://user:hunter2@host')).toThrow(/^((?!hunter2)[^])*$/);
  });
});
