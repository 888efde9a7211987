import { expect, it } from '@jest/globals';
import { packetOf, streamTextOf, wireEvent } from './wire-event.js';

const POSITION = '00000001abcdef01:7:0123456789abcdef';

it('is a Socket.IO packet, or the lines of a Server-Sent Event', () => {
  const event = wireEvent('resync', { reason: 'trimmed', position: POSITION });
  const data = `{"reason":"trimmed","position":"${POSITION}"}`;
  expect(packetOf(event)).toBe(`2["resync",${data}]`);
  expect(streamTextOf(event)).toBe(`event: resync\nid: ${POSITION}\ndata: ${data}\n\n`);
});

it('has no id if it says nothing about a position', () => {
  const announcement = { message: 'Two\nlines\rand more', timestamp: '2026-11-23T10:00:00.000Z' };
  const text = streamTextOf(wireEvent('announcement', announcement));
  expect(text).toBe(`event: announcement\ndata: ${JSON.stringify(announcement)}\n\n`);
  expect(text.split(/[\r\n]+/)).toHaveLength(3);
});
