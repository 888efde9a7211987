import { describe, expect, it } from '@jest/globals';
import { decodeEntry, encodeChange, headerOf, toEntry, type Change, type PublishedChange } from './change.js';

const DIGEST = '0123456789abcdef';
const TRACEPARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

const change: Change = {
  ...{ type: 'created', orderId: 'job-1', customerId: 'ana', revision: 1, timestamp: '2026-11-23T10:00:00.000Z' },
  ...{ event: '{"orderId":"job-1"}', order: '{"title":"Report"}' },
};

const decoded = (text: string) => {
  const content: Partial<PublishedChange> = { ...decodeEntry(toEntry(text, DIGEST), 'epoch', 1) };
  delete content.position;
  delete content.entry;
  return content;
};

describe('the entry of a traced change', () => {
  it.each([
    change,
    { ...change, staffPart: '{"note":"urgent"}' },
    { ...change, order: undefined, type: 'deleted' } as const,
  ])('has the span in a line of its own, which earlier readers ignore: %j', (traced) => {
    const { order, ...others } = { ...traced, traceparent: TRACEPARENT };
    expect(decoded(encodeChange({ ...traced, traceparent: TRACEPARENT }))).toEqual({
      ...others,
      ...(order && { order }),
    });
    const [header, event, orderLine, staffPart = ''] = encodeChange(traced).split('\n');
    expect(encodeChange({ ...traced, traceparent: TRACEPARENT }).split('\n')).toEqual([
      ...[header, event, orderLine, staffPart],
      TRACEPARENT,
    ]);
  });

  it('has the header, and so the digest, of one that is not traced', () => {
    expect(headerOf({ ...change, traceparent: TRACEPARENT })).toBe(headerOf(change));
  });

  it.each(['', 'garbage', `${TRACEPARENT} `, TRACEPARENT.replaceAll(/[1-9a-f]/g, '0')])(
    'is a change without a trace if the line is not valid: %j',
    (line) => {
      expect(decoded(`${encodeChange(change)}\n\n${line}`)).toEqual(change);
    },
  );

  it('may be followed by lines that are not known yet', () => {
    expect(decoded(`${encodeChange({ ...change, traceparent: TRACEPARENT })}\nmore`)).toEqual({
      ...change,
      traceparent: TRACEPARENT,
    });
  });
});
