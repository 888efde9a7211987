import { describe, expect, it } from '@jest/globals';
import { SilenceWatch } from '../src/sync/silence-watch.js';
import { VirtualClock } from './virtual-clock.js';

function scene() {
  const clock = new VirtualClock();
  const givenUpAt: number[] = [];
  const watch = new SilenceWatch(clock, () => {
    givenUpAt.push(clock.now());
    watch.stop();
  });
  watch.start();
  return { clock, watch, givenUpAt };
}

describe('a silent connection is given up', () => {
  it.each([
    ['a short heartbeat', 200, 500],
    ['the default', 5_000, 12_500],
    ['a long heartbeat', 60_000, 150_000],
    ['an older version, which does not say it', undefined, 12_500],
    ['no valid heartbeat', 0, 12_500],
  ])('after two and a half heartbeats: %s', async (_what, heartbeatMs, silentMs) => {
    const { clock, watch, givenUpAt } = scene();
    watch.follow(heartbeatMs);
    await clock.advance(1_000_000);
    expect(givenUpAt).toEqual([silentMs]);
  });

  it.each([200, 5_000, 60_000])('never, while it has heartbeats of %i ms', async (heartbeatMs) => {
    const { clock, watch, givenUpAt } = scene();
    watch.follow(heartbeatMs);
    for (let beat = 0; beat < 20; beat++) {
      await clock.advance(heartbeatMs);
      watch.recordHeard();
    }
    expect(givenUpAt).toEqual([]);
  });

  it('only after 12.5 s until its gateway has said how often it sends, whatever the gateway before said', async () => {
    const { clock, watch, givenUpAt } = scene();
    watch.follow(200);
    watch.stop();
    watch.start();
    await clock.advance(12_499);
    expect(givenUpAt).toEqual([]);
    await clock.advance(1);
    expect(givenUpAt).toEqual([12_500]);
  });

  it('sooner after a wake, and at once if it was silent that long', async () => {
    const { clock, watch, givenUpAt } = scene();
    watch.wake();
    await clock.advance(7_500);
    expect(givenUpAt).toEqual([7_500]);
    watch.start();
    await clock.advance(10_000);
    watch.wake();
    expect(givenUpAt).toEqual([7_500, 17_500]);
  });

  it('not sooner after a wake if it is heard again', async () => {
    const { clock, watch, givenUpAt } = scene();
    watch.wake();
    await clock.advance(5_000);
    watch.recordHeard();
    await clock.advance(12_499);
    expect(givenUpAt).toEqual([]);
  });
});
