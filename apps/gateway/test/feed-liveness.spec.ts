import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { BEAT_EVERY_MS, InMemoryChangeFeed, type FeedSubscriber, type FeedSubscription } from '@galley/change-feed';
import { FeedFollower } from '../src/feed/feed-follower.js';
import { FeedLiveness } from '../src/feed/feed-liveness.js';
import { aGatewayConfig } from './a-gateway-config.js';

const START = Date.parse('2026-11-23T10:00:00.000Z');
const at = (ms: number) => new Date(START + ms).toISOString();

/** A feed that can be away. */
class UnsteadyFeed extends InMemoryChangeFeed {
  isAway = false;

  override subscribe(subscriber: FeedSubscriber): FeedSubscription {
    const subscription = super.subscribe(subscriber);
    const isAttached = () => !this.isAway;
    return {
      get attached() {
        return isAttached();
      },
      repairs: 0,
      close: () => subscription.close(),
    };
  }
}

beforeEach(() => {
  jest.useFakeTimers({ now: START });
});
afterEach(() => {
  jest.useRealTimers();
});

function scene() {
  const feed = new UnsteadyFeed();
  const follower = new FeedFollower(feed, aGatewayConfig());
  const liveness = new FeedLiveness(follower);
  const told: boolean[] = [];
  liveness.onChange(() => told.push(liveness.state.live));
  follower.onModuleInit();
  liveness.onModuleInit();
  /** Time passes, with a beat every second. */
  const beat = async (seconds: number, unpublishedForMs: (second: number) => number = () => 0) => {
    for (let second = 1; second <= seconds; second++) {
      await jest.advanceTimersByTimeAsync(BEAT_EVERY_MS);
      await feed.beat({ unpublishedForMs: unpublishedForMs(second) });
    }
  };
  return { feed, liveness, told, beat };
}

describe('a feed is live', () => {
  it('from the first beat on', async () => {
    const { liveness, told, beat } = scene();
    await jest.advanceTimersByTimeAsync(1_000);
    expect(liveness.state).toEqual({ live: false, since: at(0) });
    await beat(60);
    expect(liveness.state).toEqual({ live: true });
    expect(told).toEqual([true]);
  });

  it('no longer once the beats cease, since the last of them', async () => {
    const { liveness, told, beat } = scene();
    await beat(10);
    await jest.advanceTimersByTimeAsync(5_000);
    expect(liveness.state).toEqual({ live: true });
    await jest.advanceTimersByTimeAsync(500);
    expect(liveness.state).toEqual({ live: false, since: at(10_000) });
    await beat(1);
    expect(told).toEqual([true, false, true]);
  });

  it('no longer once a change waits for more than 5 s, since it waits', async () => {
    const { liveness, told, beat } = scene();
    await beat(10);
    await beat(60, (second) => second * 1_000);
    expect(liveness.state).toEqual({ live: false, since: at(10_000) });
    await beat(1);
    expect(told).toEqual([true, false, true]);
  });

  it('no longer while this replica is not attached, since it is not', async () => {
    const { feed, liveness, beat } = scene();
    await beat(10);
    feed.isAway = true;
    await jest.advanceTimersByTimeAsync(10_000);
    expect(liveness.state).toEqual({ live: false, since: at(10_000) });
    feed.isAway = false;
    await beat(1);
    expect(liveness.state).toEqual({ live: true });
  });

  it('whatever happens to the clock', async () => {
    const { liveness, told, beat } = scene();
    await beat(10);
    jest.setSystemTime(START + 60 * 60 * 1_000);
    await beat(2);
    jest.setSystemTime(START);
    await beat(2);
    expect(liveness.state).toEqual({ live: true });
    expect(told).toEqual([true]);
  });
});
