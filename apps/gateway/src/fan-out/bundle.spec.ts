import { expect, it } from '@jest/globals';
import { wireEvent } from '../connections/wire-event.js';
import { Bundle, JoinedBundle } from './bundle.js';

const announcements = ['Closed at five', 'Geöffnet', '東京'].map((message) =>
  wireEvent('announcement', { message, timestamp: '2026-11-23T10:00:00.000Z' }),
);

it.each([1, 3])('joins %i bundles into the bytes and packets of one', (count) => {
  const events = announcements.slice(0, count);
  const whole = new Bundle(events);
  const joined = new JoinedBundle(events.map((event) => new Bundle([event])));
  for (const encoding of ['frames', 'stream'] as const)
    expect(joined.bytesAs(encoding)).toEqual(whole.bytesAs(encoding));
  expect([joined.packets, joined.length]).toEqual([whole.packets, whole.length]);
});

it('makes the bytes of an event once for all who get it', () => {
  const bundle = new Bundle(announcements);
  expect(bundle.bytesAs('stream')).toBe(bundle.bytesAs('stream'));
  expect(new JoinedBundle([bundle]).bytesAs('frames')).toBe(bundle.bytesAs('frames'));
});
