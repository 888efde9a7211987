import { describe, expect, it } from '@jest/globals';
import { mayUseColors } from './logger.js';

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
