import { expect, it } from '@jest/globals';
import { forEachLine, forEachPublication, kindOfLine } from './centrifugo-frames.js';

const PUSH = '{"push":{"channel":"orders","pub":{"data":{"n":1},"offset":7}}}';
const REPLY =
  '{"id":1,"connect":{"client":"c","subs":{"orders":{"recoverable":true,"epoch":"e","publications":' +
  '[{"data":{"n":1},"offset":1},{"data":{"n":2},"offset":2}],"recovered":true,"offset":2}},"ping":25,"pong":true}}';

function linesOf(text: string): string[] {
  const frame = Buffer.from(text);
  const lines: string[] = [];
  forEachLine(frame, (start, end) => lines.push(frame.toString('utf8', start, end)));
  return lines;
}

function publicationsOf(text: string): string[] {
  const frame = Buffer.from(text);
  const found: string[] = [];
  forEachPublication(frame, 0, frame.length, (bytes, start, end) => found.push(bytes.toString('utf8', start, end)));
  return found;
}

it('splits a frame into its lines, with and without a newline at its end', () => {
  expect(linesOf(PUSH)).toEqual([PUSH]);
  expect(linesOf(`${PUSH}\n${PUSH}\n{}`)).toEqual([PUSH, PUSH, '{}']);
  expect(linesOf(`${PUSH}\n`)).toEqual([PUSH]);
  expect(linesOf('')).toEqual([]);
});

it.each([
  ['{}', 'ping'],
  [PUSH, 'push'],
  [REPLY, 'reply'],
  ['{"id":1,"error":{"code":109,"message":"token expired"}}', 'reply'],
])('tells what a line is: %s', (line, kind) => {
  const frame = Buffer.from(`{}\n${line}`);
  expect(kindOfLine(frame, 3, frame.length)).toBe(kind);
});

it('finds the publication of a push, and all of an answer', () => {
  expect(publicationsOf(PUSH)).toEqual(['{"data":{"n":1},"offset":7}}}']);
  const [first, second] = publicationsOf(REPLY);
  expect(first).toBe('{"data":{"n":1},"offset":1},');
  expect(second).toContain('{"data":{"n":2},"offset":2}');
});

it('finds no publication in a push of another kind, and none beyond the end', () => {
  expect(publicationsOf('{"push":{"disconnect":{"code":3000,"reason":"slow"}}}')).toEqual([]);
  const frame = Buffer.from(`{"id":1}\n${PUSH}`);
  let found = 0;
  forEachPublication(frame, 0, '{"id":1}'.length, () => found++);
  expect(found).toBe(0);
});
