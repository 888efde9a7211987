import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { EventStreamParser, type StreamEvent } from './event-stream-parser.js';

/** Parses pieces of a stream. @returns `name data` and the id of each event, and the pauses that were asked for */
function parse(...pieces: (string | Uint8Array)[]) {
  const events: StreamEvent[] = [];
  const retries: number[] = [];
  const parser = new EventStreamParser({
    event: (event) => events.push(event),
    retry: (milliseconds) => retries.push(milliseconds),
  });
  for (const piece of pieces) parser.push(typeof piece === 'string' ? Buffer.from(piece) : piece);
  return { events: events.map(({ name, data, lastEventId }) => [name, data, lastEventId]), retries };
}

describe('an event stream', () => {
  it.each([
    ['a name, data and an id', 'event: ready\ndata: {}\nid: a:1\n\n', [['ready', '{}', 'a:1']]],
    ['data alone', 'data: 1\n\n', [['message', '1', '']]],
    ['data of several lines', 'data: 1\ndata\ndata: 2\n\n', [['message', '1\n\n2', '']]],
    [
      'empty data',
      'data:\n\ndata\n\n',
      [
        ['message', '', ''],
        ['message', '', ''],
      ],
    ],
    [
      'one space after the colon, and no more',
      'data:  1\n\ndata:2\n\n',
      [
        ['message', ' 1', ''],
        ['message', '2', ''],
      ],
    ],
    ['a name with a colon', 'event: a:b/update\ndata: 1\n\n', [['a:b/update', '1', '']]],
    ['comments', ': still here\n\n:\ndata: 1\n\n', [['message', '1', '']]],
    ['a name without data', 'event: ready\n\ndata: 1\n\n', [['message', '1', '']]],
    [
      'an id that stays until the next one',
      'id: 1\ndata: a\n\ndata: b\n\nid\ndata: c\n\n',
      [
        ['message', 'a', '1'],
        ['message', 'b', '1'],
        ['message', 'c', ''],
      ],
    ],
    ['an id without data', 'id: 1\n\ndata: a\n\n', [['message', 'a', '1']]],
    ['an id with a zero, which is none', 'id: 1\0\ndata: a\n\n', [['message', 'a', '']]],
    ['unknown fields', 'Data: 1\n data: 2\nname: a\ndata: 3\n\n', [['message', '3', '']]],
    ['an event without its end', 'data: 1\n\ndata: 2\n', [['message', '1', '']]],
    ['a byte order mark', '\uFEFFdata: 1\n\n', [['message', '1', '']]],
    [
      'a second byte order mark, which is part of a field',
      '\uFEFF\uFEFFdata: 1\n\ndata: 2\n\n',
      [['message', '2', '']],
    ],
  ])('has %s', (_what, text, events) => {
    expect(parse(text).events).toEqual(events);
  });

  it.each(['\n', '\r', '\r\n'])('has lines that end with %j', (end) => {
    const text = ['event: a', 'data: 1', 'data: 2', '', 'data: 3', '', ''].join(end);
    expect(parse(text).events).toEqual([
      ['a', '1\n2', ''],
      ['message', '3', ''],
    ]);
  });

  it('says how long to wait before the next connection', () => {
    expect(parse('retry: 1000\n\nretry: 5s\nretry: -1\nretry:\nretry: 0\n\n').retries).toEqual([1_000, 0]);
  });

  it('is the same wherever its bytes are cut', () => {
    const line = fc.constantFrom('data: ä€😀', 'data', 'event: x/update', 'id: 7', 'id', ': comment', 'retry: 5', '');
    const end = fc.constantFrom('\n', '\r', '\r\n');
    const stream = fc
      .array(fc.tuple(line, end), { minLength: 1 })
      .map((lines) => Buffer.from(`\uFEFF${lines.flat().join('')}`));
    fc.assert(
      fc.property(stream, fc.array(fc.nat(200)), (bytes, cuts) => {
        const at = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
        const pieces = at.slice(1).map((stop, i) => bytes.subarray(at[i], stop));
        expect(parse(...pieces)).toEqual(parse(bytes));
        expect(parse(...Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual(parse(bytes));
      }),
    );
  });
});
