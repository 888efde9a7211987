import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { type ConfigError, readEnvironment, variables } from '../index.js';

const schema = z.object({
  PORT: variables.port().default(3000),
  REDIS_URL: z.url({ protocol: /^redis$/, error: 'must be a URL such as redis://localhost:6379' }),
  LOG_FORMAT: variables.logFormat,
});

const refusal = (env: NodeJS.ProcessEnv): ConfigError => {
  try {
    readEnvironment(schema, env);
  } catch (error) {
    return error as ConfigError;
  }
  throw new Error('the environment was accepted');
};

describe('readEnvironment', () => {
  it('reads the variables that are set, and uses defaults for those that are not set or empty', () => {
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

  it.each([
    ['info', 'log'],
    ['INFO', 'log'],
    ['Log', 'log'],
    ['warning', 'warn'],
    ['WARN', 'warn'],
    ['trace', 'verbose'],
    ['Fatal', 'fatal'],
    ['DEBUG', 'debug'],
  ])('takes the level %s as %s of Nest', (name, level) => {
    const logs = z.object({ LOG_LEVEL: variables.logLevel, LOG_FORMAT: variables.logFormat });
    expect(readEnvironment(logs, { LOG_LEVEL: name, LOG_FORMAT: 'JSON' })).toEqual({
      ...{ LOG_LEVEL: level, LOG_FORMAT: 'json' },
    });
  });

  it('says in plain words what a variable may be', () => {
    const choice = z.object({
      LOG_LEVEL: variables.logLevel,
      LOG_FORMAT: variables.logFormat,
      AUTH: z.enum(['a', 'b']),
    });
    const problems = () => readEnvironment(choice, { LOG_LEVEL: 'loud', LOG_FORMAT: 'xml', AUTH: 'c' });
    expect(problems).toThrow(
      [
        'The configuration is not valid:',
        '  - LOG_LEVEL: must be fatal, error, warn, log (or info), debug, or verbose (or trace)',
        '  - LOG_FORMAT: must be text or json',
        '  - AUTH: must be a or b',
      ].join('\n'),
    );
  });

  it('never shows a value, which may be a secret', () => {
    expect(refusal({ REDIS_URL: 'http://user:hunter2@host' }).message).not.toContain('hunter2');
  });

  describe('reads a secret from a file', () => {
    const folder = mkdtempSync(join(tmpdir(), 'galley-config-'));
    const file = join(folder, 'redis-url');
    writeFileSync(file, 'redis://:hunter2@localhost:6379\n');
    afterAll(() => {
      rmSync(folder, { recursive: true });
    });

    it('if a variable names the file', () => {
      expect(readEnvironment(schema, { REDIS_URL_FILE: file })).toMatchObject({
        REDIS_URL: 'redis://:hunter2@localhost:6379',
      });
    });

    it('but refuses it if the variable itself is set too, the file cannot be read, or its content is wrong', () => {
      writeFileSync(join(folder, 'wrong'), 'hunter3');
      const problems = (env: NodeJS.ProcessEnv) => refusal(env).problems;
      expect(problems({ REDIS_URL_FILE: file, REDIS_URL: 'redis://localhost' })).toEqual([
        'REDIS_URL_FILE and REDIS_URL must not both be set',
      ]);
      expect(problems({ REDIS_URL_FILE: join(folder, 'none') })).toEqual([
        'REDIS_URL_FILE cannot be read: there is no such file',
      ]);
      expect(problems({ REDIS_URL_FILE: folder })).toEqual([
        'REDIS_URL_FILE cannot be read: it is a folder, not a file',
      ]);
      expect(problems({ REDIS_URL_FILE: join(folder, 'wrong') })).toEqual([
        expect.stringMatching(/^REDIS_URL: must be/),
      ]);
    });
  });
});
