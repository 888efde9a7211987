import { type LoggerService } from '@nestjs/common';
import { describe, expect, it, jest } from '@jest/globals';
import { Identity } from '../environment/identity.js';
import { createLogger, mayUseColors } from './logger.js';

const TERMINAL = { isTTY: true };
const FILE = {};
const XTERM = { TERM: 'xterm-256color' };

describe('a log has colours', () => {
  it.each<[string, NodeJS.ProcessEnv, object[], boolean]>([
    ['on a terminal', XTERM, [TERMINAL, TERMINAL], true],
    ['but not in a file', XTERM, [FILE, FILE], false],
    ['but not if its errors go to a file', XTERM, [TERMINAL, FILE], false],
    ['but not if NO_COLOR forbids it', { ...XTERM, NO_COLOR: '1' }, [TERMINAL, TERMINAL], false],
    ['but not on a terminal without colours', { TERM: 'dumb' }, [TERMINAL, TERMINAL], false],
    ['in a file if FORCE_COLOR wants it', { FORCE_COLOR: '1' }, [FILE, FILE], true],
    ['in a pipe if FORCE_COLOR is empty', { FORCE_COLOR: '' }, [FILE, FILE], true],
    ['but not if FORCE_COLOR is 0', { ...XTERM, FORCE_COLOR: '0' }, [TERMINAL, TERMINAL], false],
  ])('%s', (_where, env, streams, expected) => {
    expect(mayUseColors(env, streams)).toBe(expected);
  });
});

describe('a line for machines', () => {
  const identity = new Identity('gateway', 'gateway-1');

  /** What the logger writes while something is logged, parsed. */
  function logged(log: (logger: LoggerService) => void): Record<string, unknown>[] {
    let written = '';
    const spies = [process.stdout, process.stderr].map((stream) =>
      jest.spyOn(stream, 'write').mockImplementation((chunk) => {
        written += String(chunk);
        return true;
      }),
    );
    log(createLogger({ level: 'verbose', format: 'json', name: 'gateway-1', identity }));
    for (const spy of spies) spy.mockRestore();
    return written
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  it('says when, how bad, which process, where, what, and has its fields beside them in snake case', () => {
    const [line] = logged((logger) => {
      logger.log('placeOrder', { requestId: 'request-7', orderId: 'job' }, 'Audit');
    });
    expect(line).toEqual({
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      ...{ level: 'info', service: 'gateway', instance: 'gateway-1', version: identity.version },
      ...{ logger: 'Audit', message: 'placeOrder', request_id: 'request-7', order_id: 'job' },
    });
  });

  it('has the levels that tools know', () => {
    const lines = logged((logger) => {
      for (const level of ['fatal', 'error', 'warn', 'log', 'debug', 'verbose'] as const) logger[level]?.('x');
    });
    expect(lines.map(({ level }) => level)).toEqual(['fatal', 'error', 'warn', 'info', 'debug', 'trace']);
  });

  it('tells an error flat: its type, its sentence, its cause and its stack', () => {
    const cause = new TypeError('not that');
    const [line] = logged((logger) => {
      logger.error(new RangeError('too far', { cause }), { requestId: 'request-7' }, 'Test');
    });
    expect(line).toMatchObject({
      level: 'error',
      message: 'too far',
      error_type: 'RangeError',
      error_cause: 'not that',
    });
    expect(line).toMatchObject({
      logger: 'Test',
      request_id: 'request-7',
      error_stack: expect.stringContaining('RangeError'),
    });
    expect(Object.values(line ?? {}).filter((value) => typeof value === 'object')).toEqual([]);
  });

  const token = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbmEifQ.c2lnbmF0dXJl';
  it.each([
    ['a token', token, token],
    ['a header', `authorization: Bearer some-opaque-token`, 'some-opaque-token'],
    ['a password in a URL', 'redis://user:hunter2@redis:6379/0 is away', 'hunter2'],
    ['a private key', '-----BEGIN PRIVATE KEY-----\nTUlJRXZ3\n-----END PRIVATE KEY-----', 'TUlJRXZ3'],
  ])('never has %s, whichever way it comes', (_what, text, secret) => {
    const lines = logged((logger) => {
      logger.warn(text);
      logger.error(new Error(text));
      logger.log('told', { url: text, nested: { deep: [text] } });
      logger.debug?.({ text });
    });
    expect(lines).toHaveLength(4);
    expect(JSON.stringify(lines)).not.toContain(secret);
  });
});

it('has no secret in a line for people either', () => {
  const write = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
  createLogger({ level: 'log', format: 'text', name: 'test' }).log('redis://user:hunter2@redis is away');
  const written = write.mock.calls.map(([chunk]) => String(chunk)).join('');
  write.mockRestore();
  expect(written).toContain('redis://[credentials]@redis is away');
});
