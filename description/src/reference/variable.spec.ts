import { expect, it } from '@jest/globals';
import { z } from 'zod';
import { redisUrlVariable } from '@galley/redis';
import { variables } from '@galley/runtime';
import { variablesOf } from './variable.js';

it('says of a variable what its schema says, however deep it says so', () => {
  const schema = z.object({
    PORT: variables.port().default(3000).describe('the port'),
    LOG_FORMAT: variables.logFormat,
    REDIS_URL: redisUrlVariable,
    OTHER_REDIS_URL: redisUrlVariable.meta({ description: 'another one', byDefault: 'none' }).optional(),
  });
  const none = { byDefault: '', isRequired: false, isSecret: false };
  expect(variablesOf(schema)).toEqual([
    { ...none, name: 'PORT', meaning: 'the port', form: 'a whole number from 0 to 65535', byDefault: '3000' },
    { ...none, name: 'LOG_FORMAT', meaning: expect.anything(), form: '`text` or `json`', byDefault: 'text' },
    { ...none, name: 'REDIS_URL', meaning: expect.anything(), form: 'URL', isRequired: true, isSecret: true },
    { ...none, name: 'OTHER_REDIS_URL', meaning: 'another one', form: 'URL', byDefault: 'none', isSecret: true },
  ]);
});

it('refuses a variable that nobody has described', () => {
  expect(() => variablesOf(z.object({ PORT: variables.port() }))).toThrow('PORT has no description');
});
